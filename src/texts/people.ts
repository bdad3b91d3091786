import type { Text } from './language.js';

/** The own account, the people of a store, and the pages around them. */
export const peopleTexts = {
  'people.name': { en: 'Name', 'pt-BR': 'Nome', es: 'Nombre' },
  'people.role': { en: 'Role', 'pt-BR': 'Perfil', es: 'Perfil' },
  'people.language': { en: 'Language', 'pt-BR': 'Idioma', es: 'Idioma' },
  'people.language.store': { en: 'As the store has it', 'pt-BR': 'O mesmo da loja', es: 'El mismo de la tienda' },
  'account.profile': { en: 'About you', 'pt-BR': 'Seus dados', es: 'Sus datos' },
  'account.save': { en: 'Save', 'pt-BR': 'Salvar', es: 'Guardar' },
  'account.fault.name': {
    en: 'Enter a name of 1 to 100 characters.',
    'pt-BR': 'Informe um nome de 1 a 100 caracteres.',
    es: 'Ingrese un nombre de 1 a 100 caracteres.',
  },
  'account.password': { en: 'Password', 'pt-BR': 'Senha', es: 'Contraseña' },
  'account.password.effect': {
    en: 'When you change it, you are signed out everywhere else.',
    'pt-BR': 'Ao alterar, você sai de todos os outros dispositivos.',
    es: 'Al cambiarla, su sesión se cierra en todos los demás dispositivos.',
  },
  'account.password.button': { en: 'Change password', 'pt-BR': 'Alterar senha', es: 'Cambiar contraseña' },
  'password.old': { en: 'Current password', 'pt-BR': 'Senha atual', es: 'Contraseña actual' },
  'password.fault.wrong': {
    en: 'The current password is wrong.',
    'pt-BR': 'A senha atual está incorreta.',
    es: 'La contraseña actual es incorrecta.',
  },
  'password.fault.refused': {
    en: 'There were too many tries. Wait 15 minutes and try again.',
    'pt-BR': 'Houve tentativas demais. Aguarde 15 minutos e tente de novo.',
    es: 'Hubo demasiados intentos. Espere 15 minutos e inténtelo de nuevo.',
  },
  'done.account-changed': { en: 'Saved.', 'pt-BR': 'Dados salvos.', es: 'Datos guardados.' },
  'done.password-changed': {
    en: 'Your password is changed, and you are signed out everywhere else.',
    'pt-BR': 'Sua senha foi alterada e você saiu de todos os outros dispositivos.',
    es: 'Su contraseña cambió y su sesión se cerró en todos los demás dispositivos.',
  },
} as const satisfies Readonly<Record<string, Text>>;
