export { prometheusListener } from './prometheus-listener.js';
