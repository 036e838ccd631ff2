/**
 * Base64 that comes in pieces of any length. Each message of a client may be a text of its own, so that padding stands
 * in the middle; blanks and line ends are passed over.
 */
export class Base64Stream {
	/** Less than one quartet. */
	#rest = '';

	/** What the next piece completes; undefined: it is no base64, and neither is what follows. */
	take(bytes: Buffer): Buffer | undefined {
		const text = this.#rest + bytes.toString('latin1').replace(/[\r\n\t ]+/g, '');
		const whole = text.length - (text.length % 4);
		const quartets = text.slice(0, whole);
		this.#rest = text.slice(whole);
		if (!quartetsOnly.test(quartets) || !beginningOnly.test(this.#rest)) return undefined;
		const texts = quartets.match(textWithPadding) ?? [];
		return Buffer.concat(texts.map(one => Buffer.from(one, 'base64')));
	}
}

const quartetsOnly = /^(?:[A-Za-z\d+/]{4}|[A-Za-z\d+/]{3}=|[A-Za-z\d+/]{2}==)*$/;
const beginningOnly = /^(?:[A-Za-z\d+/]*|[A-Za-z\d+/]{2}=)$/;
const textWithPadding = /[A-Za-z\d+/]+={0,2}/g;
