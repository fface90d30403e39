import type { Messenger } from '@dialect/core';
import type { Order, ShopDatabase } from './shop-database.js';

/**
 * Stores an order and thanks the customer for it in their chat with the shop: both are there, or neither, whenever the
 * process dies. The customer and the chat come into being with their first order, in the same transaction.
 */
export function placeOrder<Connection>(
  messenger: Messenger<Connection>,
  shop: ShopDatabase<Connection>,
  order: Order,
): Promise<{ chat_id: number }> {
  return messenger.transaction(async ({ asUser, chats, messages, connection }) => {
    const clerk = await asUser({ external_id: 'shop', first_name: 'The shop' });
    const customer = await asUser({ external_id: order.customer_id });
    const chat = await chats.createPrivate(clerk, { target_user_id: customer.user_id });
    if (!(await shop.hasOrder(connection, order.id))) {
      await shop.insertOrder(connection, order);
      await messages.send(clerk, { chat_id: chat.id, content: `Thank you for your order of ${order.what}!` });
    }
    return { chat_id: chat.id };
  });
}
