import { returnUrlFault } from './return-url.js';

const hosts = ['myvtex.com', 'vtexcommercestable.com.br'];

it.each([
  'https://myvtex.com/admin?authorizationCode=',
  'https://shop.myvtex.com/admin/pci-gateway?a=1&authorizationCode=',
  'https://a.b.vtexcommercestable.com.br/return?authorizationcode=',
  'HTTPS://SHOP.MYVTEX.COM/x?authorizationCode=',
])('a browser may be sent back to %s', (address) => {
  expect(returnUrlFault(address, hosts)).toBeNull();
});

it.each<[unknown, RegExp]>([
  [undefined, /^must be an address/],
  [5, /^must be an address/],
  [['https://shop.myvtex.com/?authorizationCode='], /^must be an address/],
  ['', /^must be an address/],
  [`https://shop.myvtex.com/${'a'.repeat(2000)}?authorizationCode=`, /^must be an address/],
  ['https://shop.myvtex.com/a b?authorizationCode=', /^must be an address/],
  ['https://shop.myvtex.com/\r\nX: y?authorizationCode=', /^must be an address/],
  ['https://evil.example\\.myvtex.com/?authorizationCode=', /^must be an address/],
  ['https://myvtex.com\u3002evil.example/?authorizationCode=', /^must be an address/],
  ['http://shop.myvtex.com/?authorizationCode=', /https/],
  ['//shop.myvtex.com/?authorizationCode=', /https/],
  ['javascript:alert(1)//shop.myvtex.com/?authorizationCode=', /https/],
  ['https:shop.myvtex.com/?authorizationCode=', /https/],
  ['https:///shop.myvtex.com/?authorizationCode=', /https/],
  ['https://user@shop.myvtex.com/?authorizationCode=', /credentials/],
  ['https://shop.myvtex.com@evil.example/?authorizationCode=', /credentials/],
  ['https://shop.myvtex.com:8443/?authorizationCode=', /port/],
  ['https://shop.myvtex.com/#?authorizationCode=', /#/],
  ['https://evil.example/?authorizationCode=', /hosts/],
  ['https://evilmyvtex.com/?authorizationCode=', /hosts/],
  ['https://myvtex.com.evil.example/?authorizationCode=', /hosts/],
  ['https://evil.example/?x=.myvtex.com&authorizationCode=', /hosts/],
  ['https://shop.myvtex.com./?authorizationCode=', /hosts/],
  ['https://shop.myvtex.com/', /authorizationCode=/],
  ['https://shop.myvtex.com/?authorizationCode=x', /authorizationCode=/],
  ['https://shop.myvtex.com/?xauthorizationCode=', /authorizationCode=/],
])('a browser may not be sent back to %j', (address, fault) => {
  expect(returnUrlFault(address, hosts)).toMatch(fault);
});
