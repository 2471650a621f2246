try { try { throw new Error('first') } finally { console.log('fin') } } catch (e) { throw e; }
