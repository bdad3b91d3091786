import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

/** Counters for `/metrics`. Labels are few and closed: never an id of a payment or request. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();
  readonly outcomes = this.#counter('cancellation_outcome_total', 'Attempts by issuer, kind and outcome', [
    'issuer',
    'kind',
    'outcome',
  ]);
  readonly answers = this.#counter('cancellation_answer_total', 'Answers to VTEX by kind', ['answer']);
  readonly otherAnswers = this.#counter('vtex_answer_total', 'Answers to the other calls of VTEX', ['call', 'answer']);
  readonly vtexCalls = this.#counter('vtex_call_total', 'Calls to VTEX by what came of each try', ['result']);
  readonly replays = this.#counter('idempotency_replay_total', 'Requests answered with stored bytes', []);
  readonly mismatches = this.#counter('idempotency_mismatch_total', 'Repeated request ids with other content', []);
  readonly alerts = this.#counter('alert_total', 'Things an operator must look at', ['issuer']);
  readonly noticeFaults = this.#counter('notice_fault_total', 'Notices that could not be delivered, by try', []);
  readonly noticeFallBacks = this.#counter(
    'notice_fall_back_total',
    'Messages that did not reach their recipient, so that their notices went to another one too',
    [],
  );
  readonly forgedCallbacks = this.#counter('callback_forged_total', 'Callbacks whose signature or secret is wrong', [
    'issuer',
  ]);
  readonly openCircuits = new Gauge({
    name: 'issuer_circuit_open',
    help: 'Accounts to which nothing is sent because they do not answer',
    labelNames: ['issuer', 'environment'],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  #counter<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames: [...labelNames], registers: [this.registry] });
  }
}
