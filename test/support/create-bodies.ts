/** Everything that VTEX's OpenAPI knows in a create, as its example of a card payment has it. */
export const fullCreate = {
  reference: '618272',
  orderId: '1072430428324',
  shopperInteraction: 'ecommerce',
  verificationOnly: false,
  transactionId: '2F023FD5A72A49D48A8633252B7CCBD6',
  paymentMethod: 'Diners',
  paymentMethodCustomCode: null,
  merchantName: 'mystore',
  card: {
    holder: 'John Doe',
    holderToken: null,
    number: '5555555555554444',
    numberToken: null,
    bin: '555555',
    numberLength: 16,
    csc: '737',
    cscToken: null,
    cscLength: 3,
    expiration: { month: '12', year: '2030' },
    document: '39295416023',
    paymentOrigin: null,
    cryptogram: null,
    eci: null,
    token: null,
  },
  value: 31.9,
  referenceValue: 31.9,
  currency: 'BRL',
  installments: 1,
  installmentsInterestRate: 0.0,
  installmentsValue: 31.9,
  deviceFingerprint: '75076388',
  ipAddress: '187.105.111.65',
  totalCartValue: 31.9,
  miniCart: {
    buyer: {
      id: 'c1245228-1c68-11e6-94ac-0afa86a846a5',
      firstName: 'John',
      lastName: 'Doe',
      document: '01234567890',
      documentType: 'cpf',
      corporateName: null,
      tradeName: null,
      corporateDocument: null,
      isCorporate: false,
      email: 'john.doe@example.com',
      phone: '+5521999999999',
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
        discount: 0.0,
        deliveryType: 'Normal',
        categoryId: '5',
        sellerId: '1',
        taxRate: 0,
        taxValue: 0,
      },
    ],
    shippingValue: 1.0,
    taxValue: 0.0,
  },
  url: 'https://admin.mystore.example.com/orders?q=1072430428324',
  callbackUrl:
    'https://api.mystore.example.com/some-path/to-notify/status-changes?an=mystore&X-VTEX-signature=b1e0f5c1a4e20d3b',
  returnUrl: 'https://mystore.example.com/checkout/order/1072430428324',
  inboundRequestsUrl: 'https://api.mystore.example.com/checkout/order/1072430428324/inbound-request/:action',
  secureProxyUrl: 'https://api.mystore.example.com/proxy',
  recipients: [
    {
      id: 'mymarketplace',
      name: 'My Marketplace QA',
      documentType: 'CNPJ',
      document: '99999999999999',
      role: 'marketplace',
      chargeProcessingFee: true,
      chargebackLiable: true,
      amount: 31.9,
      comissionAmount: 0,
    },
  ],
  merchantSettings: [
    { name: 'field1', value: 'value1' },
    { name: 'field2', value: 'value2' },
  ],
  connectorMetadata: [{ name: 'MetadataName', value: 'MetadataValue' }],
} as const;

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** The same structure with `plant(path, value)` in every place that holds one value; a path is such as `card.number`. */
export function plantEverywhere(body: Json, plant: (path: string, value: Json) => Json, path = ''): Json {
  if (Array.isArray(body)) return body.map((item: Json) => plantEverywhere(item, plant, path));
  if (typeof body !== 'object' || body === null) return plant(path, body);
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [
      name,
      plantEverywhere(value, plant, path === '' ? name : `${path}.${name}`),
    ]),
  );
}
