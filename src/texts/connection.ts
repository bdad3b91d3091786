import type { Text } from './language.js';

/** The page on which a merchant connects from VTEX's admin. */
export const connectionTexts = {
  'connection.title': { en: 'Connect your store', 'pt-BR': 'Conectar sua loja', es: 'Conectar su tienda' },
  'connection.intro': {
    en: 'VTEX wants to connect your store with this payment provider.',
    'pt-BR': 'A VTEX quer conectar sua loja a este provedor de pagamentos.',
    es: 'VTEX quiere conectar su tienda con este proveedor de pagos.',
  },
  'connection.return-to': {
    en: 'When it is done, you go back to',
    'pt-BR': 'Ao terminar, você volta para',
    es: 'Al terminar, usted vuelve a',
  },
  'connection.code': { en: 'Connection code', 'pt-BR': 'Código de conexão', es: 'Código de conexión' },
  'connection.hint': {
    en: 'You got it from whoever runs this service for you. It works once, for 24 hours. Enter it only if you started this yourself in VTEX.',
    'pt-BR':
      'Quem opera este serviço para você forneceu o código. Ele vale uma única vez, por 24 horas. Informe-o somente se você mesmo iniciou esta conexão na VTEX.',
    es: 'Se lo dio quien opera este servicio para usted. Sirve una sola vez, durante 24 horas. Ingréselo solo si usted mismo inició esta conexión en VTEX.',
  },
  'connection.submit': { en: 'Connect', 'pt-BR': 'Conectar', es: 'Conectar' },
  'connection.fault.wrong': {
    en: 'This code is wrong, was used before, or has expired. Check it, or ask for a new one.',
    'pt-BR': 'Este código está errado, já foi usado ou expirou. Confira ou peça um novo.',
    es: 'Este código es incorrecto, ya se usó o venció. Revíselo o pida uno nuevo.',
  },
  'connection.fault.full': {
    en: 'Two pairs of credentials are valid for your store already. Ask whoever runs this service to retire one. Your code stays good.',
    'pt-BR':
      'Sua loja já tem dois pares de credenciais válidos. Peça a quem opera este serviço que desative um deles. Seu código continua válido.',
    es: 'Su tienda ya tiene dos pares de credenciales válidos. Pida a quien opera este servicio que retire uno. Su código sigue siendo válido.',
  },
  'connection.fault.other-store': {
    en: 'This connection was started in another store of VTEX’s, so your code was not used. Do not go on if you did not start it yourself in your own store.',
    'pt-BR':
      'Esta conexão foi iniciada em outra loja da VTEX, por isso seu código não foi usado. Não continue se você não a iniciou na sua própria loja.',
    es: 'Esta conexión se inició en otra tienda de VTEX, por eso su código no se usó. No continúe si usted no la inició en su propia tienda.',
  },
  'connection.gone': {
    en: 'This connection has expired or was used before. Start it again in VTEX.',
    'pt-BR': 'Esta conexão expirou ou já foi usada. Comece de novo na VTEX.',
    es: 'Esta conexión venció o ya se usó. Comience de nuevo en VTEX.',
  },
  'connection.too-many': {
    en: 'Too many wrong codes. Start the connection again in VTEX.',
    'pt-BR': 'Códigos errados demais. Comece a conexão de novo na VTEX.',
    es: 'Demasiados códigos incorrectos. Comience la conexión de nuevo en VTEX.',
  },
} as const satisfies Readonly<Record<string, Text>>;
