import type { Token } from '@dialect/protocol';
import type { Accounts } from '../accounts.js';
import type { Clock } from '../ports/index.js';

export async function issueToken(
  { tokens }: Accounts,
  clock: Clock,
  subject: { user_id: number; session_id: string },
): Promise<Token> {
  const { token, claims } = await tokens.sign({ ...subject, profile: 'dialect' });
  const expires_in = Math.ceil((claims.expires_at - clock.now()) / 1000);
  return { access_token: token, token_type: 'bearer', expires_in };
}
