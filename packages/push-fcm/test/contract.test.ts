import { pushSenderContract } from '@dialect/core/testing';
import { fcm } from '@dialect/push-fcm';
import { startFcm } from '../../../tests/support/fcm-stand-in.js';
import { openFirebaseApp } from '../../../tests/support/firebase-app.js';

pushSenderContract({
  name: 'FCM',
  async use(check) {
    const service = await startFcm();
    const sender = fcm({ app: openFirebaseApp(service) });
    try {
      const accepted = () =>
        service.accepted.map((message) => ({ token: message.token, text: JSON.stringify(message) }));
      await check({ sender, treat: service.treat, accepted });
    } finally {
      await sender.close();
      await service.close();
    }
  },
});
