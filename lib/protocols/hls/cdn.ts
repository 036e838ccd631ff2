import {createHash, timingSafeEqual} from 'node:crypto';

/** Whether a request is one of the CDN that knows this secret; it admits and counts viewers itself. Empty = there is none. */
export const isFromCdn = (authorization: string | undefined, secret: string): boolean =>
	secret !== '' &&
	authorization !== undefined &&
	timingSafeEqual(digest(authorization), digest(`Bearer ${secret}`));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
