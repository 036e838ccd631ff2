// <sluice-player src="/cam">: a path in any page. Attributes: src, transport, target (ms), muted="0", controls="0".
import {make, setText} from '../shared/dom.ts';
import {explainCode} from '../shared/words.ts';
import {makeTransport} from './make-transport.ts';
import type {Transport} from './transport.ts';

const style = `
:host { display: block; position: relative; overflow: hidden; background: #000; color: #e7edf2; font: 13px/1.4 system-ui, sans-serif; }
video { display: block; width: 100%; height: 100%; object-fit: contain; }
.state, .delay { position: absolute; padding: 2px 8px; border-radius: 99px; background: rgb(0 0 0 / 55%); }
.state { left: 50%; bottom: 50%; max-width: 90%; transform: translate(-50%, 50%); text-align: center; }
.delay { right: 8px; top: 8px; font-variant-numeric: tabular-nums; }
.volume { position: absolute; left: 8px; bottom: 8px; width: 84px; opacity: 0; transition: opacity 0.15s; }
:host(:hover) .volume, .volume:focus-visible { opacity: 1; }
[hidden] { display: none; }
`;

/** A player of one path; a class as well, for whoever makes it by program. */
export class SluicePlayer extends HTMLElement {
	static readonly observedAttributes = ['src', 'transport', 'target', 'controls'];
	readonly #video = make('video', '');
	readonly #state = make('span', 'state');
	readonly #delay = make('span', 'delay');
	readonly #volume = make('input', 'volume');
	#transport: Transport | undefined;
	#ticking: number | undefined;

	constructor() {
		super();
		// Pages play by themselves only what is not heard.
		Object.assign(this.#video, {muted: true, autoplay: true, playsInline: true});
		Object.assign(this.#volume, {type: 'range', min: '0', max: '1', step: '0.05', value: '0'});
		this.#volume.setAttribute('aria-label', 'Volume');
		this.#volume.addEventListener('input', () => this.#setVolume(Number(this.#volume.value)));
		const shadow = this.attachShadow({mode: 'open'});
		shadow.adoptedStyleSheets = [styleSheet()];
		shadow.append(this.#video, this.#state, this.#delay, this.#volume);
	}

	/** The element that shows it. */
	get video(): HTMLVideoElement {
		return this.#video;
	}

	/** Seconds from reality to the screen; undefined: not known. */
	get behindSeconds(): number | undefined {
		return this.#transport?.behindSeconds;
	}

	connectedCallback(): void {
		if (this.getAttribute('muted') === '0') this.#setVolume(1);
		this.#ticking = window.setInterval(() => this.#show(), showMs);
		this.#open();
	}

	disconnectedCallback(): void {
		window.clearInterval(this.#ticking);
		this.#ticking = undefined;
		this.#close();
	}

	attributeChangedCallback(): void {
		// An element that was in the page before its script is told of its attributes before it is connected.
		if (this.#ticking === undefined) return;
		this.#close();
		this.#open();
	}

	#open(): void {
		const src = this.getAttribute('src');
		this.#volume.hidden = this.getAttribute('controls') === '0';
		if (src) {
			const transport = makeTransport(this.#video, src, {
				transport: this.getAttribute('transport'),
				target: this.getAttribute('target'),
			});
			this.#transport = transport;
			transport.addEventListener('change', () => this.#show());
			transport.open();
		}
		this.#show();
	}

	#close(): void {
		this.#transport?.close();
		this.#transport = undefined;
	}

	#setVolume(volume: number): void {
		this.#video.volume = volume;
		this.#video.muted = volume === 0;
		this.#volume.value = String(volume);
	}

	/** Never a picture that stands still without a word. */
	#show(): void {
		const transport = this.#transport;
		const isPlaying = transport?.state === 'playing';
		this.#state.hidden = isPlaying;
		setText(this.#state, wordsFor(transport));
		this.#state.title = transport?.error?.message ?? '';
		const behind = isPlaying ? transport.behindSeconds : undefined;
		this.#delay.hidden = behind === undefined || this.getAttribute('controls') === '0';
		setText(this.#delay, behind === undefined ? '' : `${behind.toFixed(1)} s`);
	}
}

/** Pages may forbid styles within their text. */
const styleSheet = (): CSSStyleSheet => {
	const sheet = new CSSStyleSheet();
	sheet.replaceSync(style);
	return sheet;
};

const wordsFor = (transport: Transport | undefined): string => {
	if (!transport) return 'No source';
	if (transport.error) return explainCode(transport.error.code, transport.error.message).title;
	return transport.state === 'opening' ? 'Opening…' : 'Waiting for the picture…';
};

const showMs = 500;

customElements.define('sluice-player', SluicePlayer);
