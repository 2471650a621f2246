try { } catch (e) { var e = 1; let f = () => e; }
try { } catch ({ g }) { h(() => g); }
try { } catch { let i; }
