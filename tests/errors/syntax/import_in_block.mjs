{ import a from 'x'; }
