import { expect, test } from 'vitest';
import { describePushDatabases } from './databases.js';
import { createPushWorld } from './world.js';

describePushDatabases('devices over HTTP', (create) => {
  test('a device is registered, moves to who signs in on it, and is taken off', async () => {
    const world = await createPushWorld(create);
    const ann = await world.person('Ann');
    const bob = await world.person('Bob');
    const chat_id = await world.chatOf(ann, bob);
    const device = { fcm_token: 'shared:token_1-2' };
    const first = await world.http('Ann', 'POST', '/users/device', { ...device, device_type: 'ios' });
    expect([first.status, await first.json()]).toEqual([200, { message: 'The device is registered.' }]);
    await world.http('Bob', 'POST', '/users/device', device);
    await world.send(bob, chat_id, 'to Ann, who has none any more');
    await world.send(ann, chat_id, 'to Bob');
    await world.settled();
    expect(world.service.accepted.map(({ notification }) => notification.body)).toEqual(['to Bob']);

    // Not Ann's to take off.
    expect((await world.http('Ann', 'DELETE', '/users/device', device)).status).toBe(200);
    await world.send(ann, chat_id, 'to Bob again');
    await world.settled();
    const removed = await world.http('Bob', 'DELETE', '/users/device', device);
    expect([removed.status, await removed.json()]).toEqual([
      200,
      { message: 'The device gets no more notifications.' },
    ]);
    await world.send(ann, chat_id, 'to nobody');
    await world.settled();
    expect(world.service.accepted).toHaveLength(2);
  });

  test('a typed client registers and takes off', async () => {
    const world = await createPushWorld(create);
    const ann = await world.person('Ann');
    const client = await world.native('Ann');
    await client.users.addDevice({ fcm_token: 'by-socket' });
    const ids = async () => (await world.devices(ann)).map(({ fcm_token }) => fcm_token);
    expect(await ids()).toEqual(['by-socket']);
    await client.close();
    await client.users.removeDevice({ fcm_token: 'by-socket' });
    expect(await ids()).toEqual([]);
  });

  test.each([
    [{}, 'fcm_token'],
    [{ fcm_token: '' }, 'fcm_token'],
    [{ fcm_token: 'x'.repeat(513) }, 'fcm_token'],
    [{ fcm_token: 'with space' }, 'fcm_token'],
    [{ fcm_token: 'täuschend' }, 'fcm_token'],
    [{ fcm_token: 12 }, 'fcm_token'],
    [{ fcm_token: 'fine', device_type: 'toaster' }, 'device_type'],
  ])('%j is refused by the name of its field', async (body, field) => {
    const world = await createPushWorld(create);
    await world.person('Ann');
    const answer = await world.http('Ann', 'POST', '/users/device', body);
    expect([answer.status, await answer.json()]).toMatchObject([422, { code: 'INVALID_INPUT', field }]);
  });

  test('a user has so many devices, and the oldest goes', async () => {
    const world = await createPushWorld(create, { limits: { devices_per_user: 2 } });
    const ann = await world.person('Ann', 'a1', 'a2');
    await new Promise((resolve) => setTimeout(resolve, 5));
    await world.http('Ann', 'POST', '/users/device', { fcm_token: 'a3' });
    expect((await world.devices(ann)).map(({ fcm_token }) => fcm_token).sort()).toEqual(['a2', 'a3']);
  });

  test('a stranger registers nothing', async () => {
    const world = await createPushWorld(create);
    expect((await world.http('', 'POST', '/users/device', { fcm_token: 'x' })).status).toBe(401);
  });
});
