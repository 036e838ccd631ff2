// Exit code 0 when the server answers GET /healthz; the argument is its address.
const base = process.argv[2] ?? process.env.SLUICE_HEALTH_URL ?? 'http://127.0.0.1:8080';
const answer = await fetch(`${base}/healthz`, {signal: AbortSignal.timeout(2500)}).catch(
	() => undefined,
);
process.exitCode = answer?.ok ? 0 : 1;
