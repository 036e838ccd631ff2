/** What comes first may be a burst of what the camera has kept: rates are those of what comes after, once there is any. */
export const burstUs = 1_000_000;
