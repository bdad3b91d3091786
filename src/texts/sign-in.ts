import type { Text } from './language.js';

/** Signing in, and choosing a password. */
export const signInTexts = {
  'sign-in.title': { en: 'Sign in', 'pt-BR': 'Entrar', es: 'Iniciar sesión' },
  'sign-in.email': { en: 'E-mail', 'pt-BR': 'E-mail', es: 'Correo electrónico' },
  'sign-in.password': { en: 'Password', 'pt-BR': 'Senha', es: 'Contraseña' },
  'sign-in.button': { en: 'Sign in', 'pt-BR': 'Entrar', es: 'Iniciar sesión' },
  'sign-in.forgotten': {
    en: 'No password yet, or forgotten? An administrator of your store gives you a link.',
    'pt-BR': 'Ainda não tem senha ou esqueceu? Peça um link a quem administra a sua loja.',
    es: '¿Aún no tiene contraseña o la olvidó? Pida un enlace a quien administra su tienda.',
  },
  'sign-in.wrong': {
    en: 'The e-mail or the password is wrong.',
    'pt-BR': 'O e-mail ou a senha estão incorretos.',
    es: 'El correo electrónico o la contraseña son incorrectos.',
  },
  'sign-in.refused': {
    en: 'There were too many tries. Wait 15 minutes and sign in again.',
    'pt-BR': 'Houve tentativas demais. Aguarde 15 minutos e entre novamente.',
    es: 'Hubo demasiados intentos. Espere 15 minutos e inicie sesión de nuevo.',
  },
  'sign-in.busy': {
    en: 'Many people are signing in right now. Try again in a few seconds.',
    'pt-BR': 'Muitas pessoas estão entrando agora. Tente de novo em alguns segundos.',
    es: 'Muchas personas están iniciando sesión ahora. Inténtelo de nuevo en unos segundos.',
  },
  'done.signed-out': { en: 'You are signed out.', 'pt-BR': 'Você saiu.', es: 'Su sesión se cerró.' },
  'welcome.title': { en: 'Choose your password', 'pt-BR': 'Escolha a sua senha', es: 'Elija su contraseña' },
  'welcome.hello': {
    en: 'Hello, {name}. With this password you sign in to the cancellations of {store}.',
    'pt-BR': 'Olá, {name}. Com esta senha você entra nos cancelamentos de {store}.',
    es: 'Hola, {name}. Con esta contraseña usted entra en las cancelaciones de {store}.',
  },
  'welcome.button': { en: 'Save and sign in', 'pt-BR': 'Salvar e entrar', es: 'Guardar e iniciar sesión' },
  'welcome.gone-title': {
    en: 'This link is no longer valid',
    'pt-BR': 'Este link não é mais válido',
    es: 'Este enlace ya no es válido',
  },
  'welcome.gone': {
    en: 'It was used already, has expired, or a newer one was made. Ask an administrator of your store for a new link.',
    'pt-BR': 'Ele já foi usado, expirou ou foi substituído. Peça um novo link a quem administra a sua loja.',
    es: 'Ya se usó, venció o fue reemplazado. Pida un enlace nuevo a quien administra su tienda.',
  },
  'password.new': { en: 'New password', 'pt-BR': 'Nova senha', es: 'Contraseña nueva' },
  'password.again': { en: 'New password again', 'pt-BR': 'Repita a nova senha', es: 'Repita la contraseña nueva' },
  'password.rule': {
    en: 'At least 12 characters. A few words in a row are good.',
    'pt-BR': 'Pelo menos 12 caracteres. Algumas palavras seguidas funcionam bem.',
    es: 'Al menos 12 caracteres. Varias palabras seguidas funcionan bien.',
  },
  'password.fault.length': {
    en: 'The password must have 12 to 200 characters.',
    'pt-BR': 'A senha deve ter de 12 a 200 caracteres.',
    es: 'La contraseña debe tener de 12 a 200 caracteres.',
  },
  'password.fault.email': {
    en: 'The password must not be your e-mail address.',
    'pt-BR': 'A senha não pode ser o seu e-mail.',
    es: 'La contraseña no puede ser su correo electrónico.',
  },
  'password.fault.differ': {
    en: 'The two passwords are not the same. Type them again.',
    'pt-BR': 'As duas senhas não são iguais. Digite novamente.',
    es: 'Las dos contraseñas no son iguales. Escríbalas de nuevo.',
  },
} as const satisfies Readonly<Record<string, Text>>;
