import { storageContract } from '@dialect/core/testing';
import { fileDatabase } from './test-databases.js';

storageContract({ name: 'SQLite in a file', create: fileDatabase });
