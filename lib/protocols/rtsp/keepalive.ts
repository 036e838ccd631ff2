import type {RtspSession} from './session.ts';

/**
 * Keeps a session alive until the returned function is called. OPTIONS, and GET_PARAMETER (else
 * SET_PARAMETER) in turn with it where that is offered (some cameras count only this one): three
 * questions in the session's timeout, so that each kind comes in time. A question that is refused or
 * not answered ends nothing.
 */
export const startKeepalive = (session: RtspSession): (() => void) => {
	const offered = ['GET_PARAMETER', 'SET_PARAMETER'].find(method => session.methods.has(method));
	let methods = ['OPTIONS', ...(offered === undefined ? [] : [offered])];
	let count = 0;
	const ask = async () => {
		const method = methods[count++ % methods.length] ?? 'OPTIONS';
		try {
			const {status} = await session.askSession(method);
			if (method !== 'OPTIONS' && status >= 400 && status !== 401) methods = ['OPTIONS'];
		} catch {
			// Not answered: media tells whether the session is alive.
		}
	};
	const timer = setInterval(() => void ask(), periodMs(session.sessionTimeoutMs));
	return () => clearInterval(timer);
};

const periodMs = (timeoutMs: number): number => Math.min(Math.max(timeoutMs / 3, 300), 20_000);
