export { nearest, suggestion } from '../base/nearest.js';
