import { a, a } from './x.js';
