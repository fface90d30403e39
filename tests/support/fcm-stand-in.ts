import { type Agent, createServer, Agent as HttpsAgent } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:tls';
import type { PushTreatment } from '@dialect/core/testing';
import { generate } from 'selfsigned';

const host = 'fcm.googleapis.com';
export const access_token = 'an-access-token-of-the-tests';

/** A message as firebase-admin sends it. */
export interface SentMessage {
  token: string;
  notification: { title: string; body?: string };
  data: Record<string, string>;
  android: { priority: string; collapse_key: string; notification: { tag: string } };
  apns: { headers: Record<string, string>; payload: { aps: Record<string, unknown> } };
}

export interface FcmStandIn {
  port: number;
  /** The certificate by which it is known. */
  ca: string;
  /** Leads every request of a Firebase app here. */
  agent: Agent;
  accepted: SentMessage[];
  /** How many requests came, whatever became of them. */
  asked: number;
  treat(token: string, treatment: Treatment): void;
  /** Instead of what is said of single tokens; null for those. */
  treatAll(treatment: Treatment | null): void;
  /** Waits until so many messages were accepted. */
  until(count: number): Promise<void>;
  close(): Promise<void>;
}

type Treatment = PushTreatment | 'quota' | 'not-a-token' | 'bad-message' | 'hang';

const fcmError = (status: number, name: string, message: string) => ({
  status,
  body: {
    error: {
      ...{ code: status, status: name, message },
      details: [{ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode: name }],
    },
  },
});

/** What the real service answers, as its reference gives it. */
const errors: Record<Exclude<Treatment, 'accept' | 'cut' | 'hang'>, { status: number; body: object }> = {
  unregistered: fcmError(404, 'UNREGISTERED', 'Requested entity was not found.'),
  unavailable: fcmError(503, 'UNAVAILABLE', 'The service is currently unavailable.'),
  unauthorized: {
    status: 401,
    body: {
      error: { code: 401, status: 'UNAUTHENTICATED', message: 'Request had invalid authentication credentials.' },
    },
  },
  quota: fcmError(429, 'QUOTA_EXCEEDED', 'Quota exceeded.'),
  'not-a-token': fcmError(400, 'INVALID_ARGUMENT', 'The registration token is not a valid FCM registration token'),
  'bad-message': fcmError(400, 'INVALID_ARGUMENT', 'Invalid value at message.data'),
};

/** Firebase Cloud Messaging as far as sending goes: there is no emulator of it, so the real library talks to this. */
export async function startFcm(port = 0): Promise<FcmStandIn> {
  const { key, cert } = await makeCertificate();
  const treatments = new Map<string, Treatment>();
  let of_all: Treatment | null = null;
  let wake: () => void = () => undefined;

  const server = createServer({ key, cert }, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    standIn.asked += 1;
    const answer = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const { message } = JSON.parse(Buffer.concat(chunks).toString()) as { message: SentMessage };
    const is_known = request.headers.authorization === `Bearer ${access_token}`;
    const treatment = is_known ? (of_all ?? treatments.get(message.token) ?? 'accept') : 'unauthorized';
    if (treatment === 'cut') request.socket.destroy();
    else if (treatment === 'accept') {
      standIn.accepted.push(message);
      answer(200, { name: `projects/test/messages/${standIn.accepted.length}` });
      wake();
    } else if (treatment !== 'hang') answer(errors[treatment].status, errors[treatment].body);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const own_port = (server.address() as AddressInfo).port;

  const standIn: FcmStandIn = {
    port: own_port,
    ca: cert,
    agent: createFcmAgent(own_port, cert),
    accepted: [],
    asked: 0,
    treat: (token, treatment) => void treatments.set(token, treatment),
    treatAll(treatment) {
      of_all = treatment;
    },
    async until(count) {
      while (standIn.accepted.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return standIn;
}

/** Connects to the stand-in whatever it is asked for, and trusts its certificate alone. */
function createFcmAgent(port: number, ca: string): Agent {
  const agent = new HttpsAgent({ maxSockets: 64 });
  return Object.assign(agent, {
    createConnection: () => connect({ host: '127.0.0.1', port, ca, servername: host }),
  });
}

/** Made in the test, so that no key lies in the repository and no program has to be there. */
async function makeCertificate(): Promise<{ key: string; cert: string }> {
  const names = { name: 'subjectAltName' as const, altNames: [{ type: 2 as const, value: host }] };
  const { private: key, cert } = await generate([{ name: 'commonName', value: host }], { extensions: [names] });
  return { key, cert };
}
