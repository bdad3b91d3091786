import { ForbiddenException } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Language } from '../../texts/language.js';

/** viewer: sees. operator: also takes and resolves. admin: also people, notifications and issuers. */
export const roles = ['viewer', 'operator', 'admin'] as const;

export type Role = (typeof roles)[number];

/** The person who is signed in, with what pages show of the merchant. */
export interface Visitor {
  readonly merchantId: string;
  readonly merchantName: string;
  /** The store's name in links to VTEX's admin; null where it is not known. */
  readonly vtexAccount: string | null;
  readonly personId: string;
  readonly name: string;
  readonly role: Role;
  readonly language: Language;
  /** An IANA name, of the merchant. */
  readonly timeZone: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the session hook on the console's routes that need a session. */
    visitor?: Visitor;
    /** Set with it: what the tokens of this session's forms are made from. */
    csrfKey?: Buffer;
  }
}

/** The person that the session hook found. */
export function visitorOf(request: FastifyRequest): Visitor {
  if (request.visitor === undefined) throw new Error('Bug: a page of the console was reached without a session');
  return request.visitor;
}

/**
 * The person that the session hook found, where their role allows this.
 *
 * @throws ForbiddenException which is answered with a page that says so
 */
export function visitorWhoMay(role: Role, request: FastifyRequest): Visitor {
  const visitor = visitorOf(request);
  if (!mayActAs(role, visitor)) throw new ForbiddenException();
  return visitor;
}

/** The key of the session's forms, which the session hook has set. */
export function csrfKeyOf(request: FastifyRequest): Buffer {
  if (request.csrfKey === undefined) throw new Error('Bug: a page of the console was reached without a session');
  return request.csrfKey;
}

/** May this person do what the role allows? */
export const mayActAs = (role: Role, { role: own }: Pick<Visitor, 'role'>): boolean =>
  roles.indexOf(own) >= roles.indexOf(role);
