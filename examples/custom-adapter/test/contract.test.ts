import { storageContract } from '@dialect/core/testing';
import { createDatabase, describePostgres } from './databases.js';

describePostgres('a real server', () => {
  storageContract({ name: 'PostgreSQL', create: createDatabase });
});
