/*
 * Requests as VTEX's documents show them, in the values of their examples: Payment Provider Protocol, "Credit Card Success
 * Approved", "BankInvoice Success Undefined", "Redirect Success Undefined", Cancel, Settle and Refund Payment.
 */

/** The cards of VTEX's Test Suite, by what they script. */
export const scriptedCards = {
  approved: '4444333322221111',
  denied: '4444333322221112',
  'async-approved': '4222222222222224',
  'async-denied': '4222222222222225',
} as const;

export type Script = keyof typeof scriptedCards;

/** Names that VTEX's reference lists. A connector reuses the exact spelling where the method exists. */
export const listedMethods = {
  card: [
    'Visa',
    'Mastercard',
    'American Express',
    'Discover',
    'JCB',
    'Diners',
    'Elo',
    'Hipercard',
    'Aura',
    'Banricompras',
    'Credz',
    'Cabal',
    'Patagonia 365',
    'Cartes Bancaires (CB)',
    'VirtualDebitElo',
    'Visa Electron',
    'Maestro',
    'Mastercard Debit',
    'Cobranded',
    'Privatelabels',
  ],
  slip: ['BankInvoice', 'FichaDeposito', 'Rapipago', 'OXXO'],
  redirect: ['Promissories', 'Débito Online', 'Safetypay'],
  other: [
    'Apple Pay',
    'Google Pay',
    'Cash',
    'Pix',
    'Voucher',
    'Bitcoin',
    'Venda Direta Credito',
    'Venda Direta Debito',
  ],
} as const;

export interface CreateWish {
  readonly paymentId: string;
  readonly transactionId: string;
  readonly paymentMethod: string;
  /** Null where no card is typed in. */
  readonly cardNumber: string | null;
  readonly callbackUrl: string;
}

/** The body of `POST /payments`, with every field of the page's example. */
export function createBody(wish: CreateWish): Record<string, unknown> {
  const { paymentId, transactionId, paymentMethod, cardNumber, callbackUrl } = wish;
  return {
    reference: '618272',
    orderId: '1072430428324',
    shopperInteraction: 'ecommerce',
    verificationOnly: false,
    transactionId,
    paymentId,
    paymentMethod,
    paymentMethodCustomCode: null,
    merchantName: 'mystore',
    card: cardNumber === null ? noCard : { ...card, number: cardNumber, bin: cardNumber.slice(0, 6) },
    value: 31.9,
    referenceValue: 31.9,
    currency: 'BRL',
    installments: 1,
    installmentsInterestRate: 0,
    installmentsValue: 31.9,
    deviceFingerprint: '75076388',
    ipAddress: '187.105.111.65',
    miniCart,
    url: 'https://admin.mystore.example.com/orders?q=1072430428324',
    callbackUrl,
    returnUrl: 'https://mystore.example.com/checkout/order/1072430428324',
    inboundRequestsUrl: 'https://api.mystore.example.com/checkout/order/1072430428324/inbound-request/:action',
    recipients,
    merchantSettings: [
      { name: 'field1', value: 'value1' },
      { name: 'field2', value: 'value2' },
    ],
    connectorMetadata: [{ name: 'MetadataName', value: 'MetadataValue' }],
    totalCartValue: 31.9,
    sandBoxMode: false,
  };
}

const card = {
  holder: 'John Doe',
  csc: '021',
  expiration: { month: '06', year: '2029' },
  document: '39295416023',
  numberLength: 16,
  cscLength: 3,
  token: null,
};

const noCard = { holder: null, number: null, csc: null, expiration: { month: null, year: null } };

const miniCart = {
  buyer: {
    id: 'c1245228-1c68-11e6-94ac-0afa86a846a5',
    firstName: 'John',
    lastName: 'Doe',
    document: '01234567890',
    documentType: 'CPF',
    corporateName: null,
    tradeName: null,
    corporateDocument: null,
    isCorporate: false,
    email: 'john.doe@example.com',
    phone: '+5521987654321',
    createdDate: '2020-02-18T18:17:45',
  },
  shippingAddress: {
    country: 'BRA',
    street: 'Praia de Botafogo St.',
    number: '300',
    complement: '3rd Floor',
    neighborhood: 'Botafogo',
    postalCode: '22250040',
    city: 'Rio de Janeiro',
    state: 'RJ',
  },
  billingAddress: {
    country: 'BRA',
    street: 'Brigadeiro Faria Lima Avenue',
    number: '4440',
    complement: '10th Floor',
    neighborhood: 'Itaim Bibi',
    postalCode: '04538132',
    city: 'São Paulo',
    state: 'SP',
  },
  items: [
    {
      id: '8',
      name: 'Tenis Preto I',
      price: 30.9,
      quantity: 1,
      discount: 0,
      deliveryType: 'Normal',
      categoryId: '5',
      sellerId: '1',
    },
  ],
  shippingValue: 1,
  taxValue: 0,
};

const recipients = [
  {
    id: 'mymarketplace',
    name: 'My Marketplace QA',
    documentType: 'CNPJ',
    document: '99999999999999',
    role: 'marketplace',
    chargeProcessingFee: true,
    chargebackLiable: true,
    amount: 31.9,
  },
];

/** What create-payment gave, and VTEX replays. Null where it gave none. */
export interface Given {
  readonly authorizationId: string | null;
  readonly tid: string | null;
  readonly nsu: string | null;
}

interface Later extends Given {
  readonly paymentId: string;
  readonly transactionId: string;
  readonly requestId: string;
}

/** The body of `POST /payments/{paymentId}/cancellations`. A whole cancellation names no value. */
export const cancelBody = ({ paymentId, transactionId, requestId, ...given }: Later): Record<string, unknown> => ({
  paymentId,
  requestId,
  ...withoutNulls(given),
  transactionId,
  sandboxMode: false,
  merchantSettings: [{ name: 'field1', value: 'value1' }],
});

/** The body of `POST /payments/{paymentId}/settlements`. */
export const settleBody = ({ paymentId, transactionId, requestId, ...given }: Later): Record<string, unknown> => ({
  transactionId,
  requestId,
  paymentId,
  value: 31.9,
  ...withoutNulls(given),
  recipients,
  sandboxMode: false,
  merchantSettings: [{ name: 'field1', value: 'value1' }],
});

/** The body of `POST /payments/{paymentId}/refunds`. */
export const refundBody = (later: Later, settleId: string): Record<string, unknown> => ({
  ...settleBody(later),
  settleId,
});

/** As in the examples: what create-payment did not give is left out. */
const withoutNulls = (given: Given) => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
