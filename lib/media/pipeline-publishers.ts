import type {EventEmitter} from 'node:events';
import type {Id} from '../native/binding.ts';
import type {ControlMessage, PublisherInfo} from './messages.ts';

/** What a `hubsink` asks that would publish to a path which its pipeline is not the source of. */
export type PipelineOffer = Pick<EventEmitter<{withdrawn: []}>, 'once'> & {
	readonly id: Id;
	readonly path: string;
	accept(stream: Id): void;
	/** The pipeline fails with this reason, before it was accepted or after. */
	refuse(reason: string): void;
};

/** Pipelines that publish: publishers like others, by the rules that hold for all. */
export class PipelinePublishers {
	readonly #offers = new Map<string, PipelineOffer>();
	#last = 0;

	/** The publisher that stands for the offer until it is `withdrawn`. */
	add(offer: PipelineOffer): PublisherInfo {
		const publisher = `pipeline-${offer.id}-${++this.#last}`;
		this.#offers.set(publisher, offer);
		return {publisher, path: offer.path, protocol: 'pipeline', peer: ''};
	}

	remove(publisher: string): void {
		this.#offers.delete(publisher);
	}

	/** False: the message is not for a pipeline. */
	handle(message: ControlMessage): boolean {
		const offer = 'publisher' in message ? this.#offers.get(message.publisher) : undefined;
		if (!offer || !('publisher' in message)) return false;
		if (message.type === 'published') offer.accept(message.stream);
		else offer.refuse(message.message);
		if (message.type !== 'published') this.remove(message.publisher);
		return true;
	}
}
