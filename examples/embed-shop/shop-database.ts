import type { Storage } from '@dialect/core';

export interface Order {
  /** The customer's own id of the order: sent again after a lost connection, it is still one order. */
  id: string;
  customer_id: string;
  what: string;
}

/** The shop's own database, which the chat lives in too. `Connection` is what its driver calls a connection. */
export interface ShopDatabase<Connection = unknown> {
  storage: Storage<Connection>;
  createTables(): Promise<void>;
  /** Inside a transaction, on its connection. */
  insertOrder(connection: Connection, order: Order): Promise<void>;
  /** Inside a transaction, on its connection. */
  hasOrder(connection: Connection, id: string): Promise<boolean>;
  orders(): Promise<Order[]>;
  close(): Promise<void>;
}
