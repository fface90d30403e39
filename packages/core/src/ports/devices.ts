import type { DeviceType } from '@dialect/protocol';

/** A device that notifications go to. */
export interface DeviceRow {
  id: number;
  /** The address that the push service gave it; it belongs to one user at a time. */
  fcm_token: string;
  user_id: number;
  device_type: DeviceType;
  /** When it was last registered. */
  seen_at: number;
}

export interface Devices {
  /**
   * From the commit on the token is this user's alone, whoever had it before: somebody else has signed in on the device.
   * Of callers who race for one token exactly one has it in the end. A user with more than `max` devices loses those
   * that were registered longest ago.
   */
  add(device: Omit<DeviceRow, 'id'> & { max: number }): Promise<void>;
  /** Repeats, and tokens that are not (or no longer) this user's, are fine and change nothing. */
  remove(devices: readonly Pick<DeviceRow, 'fcm_token' | 'user_id'>[]): Promise<void>;
  /** Those of all these users, in no promised order. */
  of(user_ids: readonly number[]): Promise<DeviceRow[]>;
}
