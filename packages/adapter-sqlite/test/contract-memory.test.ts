import { storageContract } from '@dialect/core/testing';
import { memoryDatabase } from './test-databases.js';

storageContract({
  name: 'SQLite in memory',
  create: memoryDatabase,
  skip: { several_storages: 'a database in memory ends with its one connection' },
});
