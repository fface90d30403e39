export { type BlobStoreSubject, blobStoreCases, blobStoreContract } from './blob-store-contract.js';
export type { Cases } from './cases.js';
export { type CuttableProxy, createCuttableProxy } from './cuttable-proxy.js';
export { eventBusCases, eventBusContract } from './event-bus-contract.js';
export { createFakeClock, type FakeClock } from './fake-clock.js';
export { passwordHasherCases, passwordHasherContract } from './password-hasher-contract.js';
export {
  type PushSenderSubject,
  type PushTreatment,
  pushSenderCases,
  pushSenderContract,
} from './push-sender-contract.js';
export { createRandom, type Random } from './random.js';
export { type RateLimiterSubject, rateLimiterCases, rateLimiterContract } from './rate-limiter-contract.js';
export { checkChangesFromAnyRev, checkChangesWhileWriting } from './storage/changes.js';
export { checkAppendsUnderLoad, queueOver } from './storage/load.js';
export { type StorageProbe, sqlProbe } from './storage/probe.js';
export { type Bed, type TestDatabase, withBed } from './storage/test-database.js';
export { type StorageContractOptions, storageCases, storageContract } from './storage-contract.js';
export {
  createFakePasswordHasher,
  createTestMessenger,
  type LogLine,
  type TestMessenger,
  type TestMessengerOptions,
} from './test-messenger.js';
export { type TokenSignerSubject, tokenSignerCases, tokenSignerContract } from './token-signer-contract.js';
export {
  type UsernameFilterSubject,
  usernameFilterCases,
  usernameFilterContract,
} from './username-filter-contract.js';
export { usernameSnapshotCases, usernameSnapshotContract } from './username-snapshot-contract.js';
