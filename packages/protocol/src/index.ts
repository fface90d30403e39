export * from './api.js';
export * from './errors.js';
export * from './events.js';
export * from './frames.js';
export * from './limits.js';
export * from './routes.js';
export * from './wire.js';
