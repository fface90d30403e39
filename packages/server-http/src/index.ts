export { type AsyncApiDocument, createAsyncApiDocument } from './asyncapi/document.js';
export { createFetchHandler, type FetchHandler } from './fetch-handler.js';
export { createNodeHandler, type NodeHandler } from './node-handler.js';
export { createOpenApiDocument, type OpenApiDocument } from './openapi/document.js';
export type { HttpOptions, NodeHandlerOptions } from './options.js';
