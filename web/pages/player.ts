// The page of one path: its picture as large as the window, and what goes wrong in plain words.
import type {PathView} from '../../lib/api/types.ts';
import {ServerError, fetchPath} from '../shared/api-client.ts';
import {byId, make, repeat, setText} from '../shared/dom.ts';
import {countReaders, describeStream} from '../shared/format.ts';
import {makeTransport} from '../player/make-transport.ts';
import {explain, explainCode, stateWords} from '../shared/words.ts';

const name = decodeURIComponent(location.pathname.replace(/^\/|\/$/g, ''));
const video = byId('video', HTMLVideoElement);
const cover = byId('cover', HTMLDivElement);
const badge = byId('badge', HTMLSpanElement);
const facts = byId('facts', HTMLElement);
const asked = new URLSearchParams(location.search);
const player = makeTransport(video, location.pathname, {
	transport: asked.get('transport'),
	target: asked.get('target'),
});
const hasControls = asked.get('controls') !== '0';
let path: PathView | undefined;

document.title = `${name} · Sluice`;
setText(byId('name', HTMLHeadingElement), name);
video.poster = `snapshot.jpg?start=no`;
// Browsers that may not play with sound by themselves wait for a click.
video.muted = asked.get('muted') !== '0';
document.body.classList.toggle('bare', !hasControls);
player.addEventListener('change', show);
player.open();
window.addEventListener('pagehide', () => player.close());
window.addEventListener('pageshow', event => {
	if (event.persisted) location.reload();
});
repeat(update, 2000);

async function update(): Promise<void> {
	try {
		path = await fetchPath(name);
	} catch (error) {
		if (error instanceof ServerError) path = undefined;
	}
	show();
}

function show(): void {
	const isPlaying = player.state === 'playing';
	cover.hidden = isPlaying;
	video.controls = hasControls && (isPlaying || !video.paused);
	const words = problem();
	setText(byId('cover-title', HTMLParagraphElement), words.title);
	setText(byId('cover-text', HTMLParagraphElement), words.text);
	cover.dataset['tone'] = words.isWaiting ? 'waiting' : 'problem';
	badge.hidden = path === undefined;
	if (path) {
		badge.dataset['state'] = path.state;
		setText(badge, stateWords[path.state]);
	}
	if (path?.state === 'ready') showFacts(path);
	else facts.replaceChildren();
}

function problem(): {title: string; text: string; isWaiting: boolean} {
	const known = path && path.state !== 'idle' ? explain(path) : undefined;
	if (known)
		return {...known, isWaiting: path?.state === 'starting' || path?.state === 'reconnecting'};
	const {error} = player;
	if (error) return {...explainCode(error.code, error.message), isWaiting: error.status >= 429};
	return {
		title: player.state === 'opening' ? 'Opening…' : 'Waiting for the picture…',
		text: '',
		isWaiting: true,
	};
}

function showFacts(shown: PathView): void {
	const behind = player.behindSeconds;
	const texts = [
		...describeStream(shown),
		countReaders(shown),
		...(behind === undefined ? [] : [`${behind.toFixed(1)} s behind`]),
	];
	const spans = [...facts.children];
	texts.forEach((text, index) => {
		const span = spans[index];
		if (span instanceof HTMLElement) setText(span, text);
		else facts.append(make('span', '', text));
	});
	for (const span of spans.slice(texts.length)) span.remove();
}
