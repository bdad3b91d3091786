import type { Text } from './language.js';

/** The page of one manual cancellation. `{issuer}` is the issuer's name. */
export const manualTexts = {
  'manual.what.whole': {
    en: 'Cancel by hand: {what}',
    'pt-BR': 'Cancelar manualmente: {what}',
    es: 'Cancelar a mano: {what}',
  },
  'manual.what.partial': {
    en: 'Cancel a part by hand: {what}',
    'pt-BR': 'Cancelar uma parte manualmente: {what}',
    es: 'Cancelar una parte a mano: {what}',
  },
  'manual.what.linked-late': {
    en: 'Cancel a card that was linked late: {what}',
    'pt-BR': 'Cancelar cartão vinculado depois: {what}',
    es: 'Cancelar una tarjeta vinculada después: {what}',
  },
  'manual.what.refund': {
    en: 'Refund by hand: {what}',
    'pt-BR': 'Reembolsar manualmente: {what}',
    es: 'Reembolsar a mano: {what}',
  },
  'manual.fact.order': { en: 'Order', 'pt-BR': 'Pedido', es: 'Pedido' },
  'manual.fact.payment': { en: 'Payment', 'pt-BR': 'Pagamento', es: 'Pago' },
  'manual.fact.transaction': { en: 'VTEX transaction', 'pt-BR': 'Transação VTEX', es: 'Transacción VTEX' },
  'manual.fact.amount': { en: 'Amount', 'pt-BR': 'Valor', es: 'Monto' },
  'manual.fact.issuer': { en: 'Issuer', 'pt-BR': 'Emissor', es: 'Emisor' },
  'manual.fact.age': { en: 'Open for', 'pt-BR': 'Aberto há', es: 'Abierto hace' },
  'manual.fact.due': { en: 'Due', 'pt-BR': 'Prazo', es: 'Vence' },
  'manual.fact.closed': { en: 'Closed', 'pt-BR': 'Encerrado em', es: 'Cerrado el' },
  'manual.fact.owner': { en: 'Owner', 'pt-BR': 'Responsável', es: 'Responsable' },
  'manual.fact.payment-page': {
    en: 'All about this payment',
    'pt-BR': 'Tudo sobre este pagamento',
    es: 'Todo sobre este pago',
  },
  'manual.facts': { en: 'At a glance', 'pt-BR': 'Resumo', es: 'Resumen' },
  'manual.owner.you': { en: '{name} (you)', 'pt-BR': '{name} (você)', es: '{name} (usted)' },
  'manual.siblings': {
    en: 'Also to do for this payment',
    'pt-BR': 'Também deste pagamento',
    es: 'También de este pago',
  },

  'manual.happened': { en: 'What happened', 'pt-BR': 'O que aconteceu', es: 'Qué pasó' },
  'happened.asked': {
    en: 'On {time} VTEX asked to cancel this payment.',
    'pt-BR': 'Em {time}, a VTEX pediu o cancelamento deste pagamento.',
    es: 'El {time}, VTEX pidió cancelar este pago.',
  },
  'happened.asked-part': {
    en: 'On {time} VTEX asked to cancel a part of this payment: {amount}.',
    'pt-BR': 'Em {time}, a VTEX pediu o cancelamento de uma parte deste pagamento: {amount}.',
    es: 'El {time}, VTEX pidió cancelar una parte de este pago: {amount}.',
  },
  'happened.asked-some-part': {
    en: 'On {time} VTEX asked to cancel a part of this payment.',
    'pt-BR': 'Em {time}, a VTEX pediu o cancelamento de uma parte deste pagamento.',
    es: 'El {time}, VTEX pidió cancelar una parte de este pago.',
  },
  'happened.refund': {
    en: 'On {time} VTEX asked to give {amount} of this payment back.',
    'pt-BR': 'Em {time}, a VTEX pediu o reembolso de {amount} deste pagamento.',
    es: 'El {time}, VTEX pidió reembolsar {amount} de este pago.',
  },
  'happened.some-refund': {
    en: 'On {time} VTEX asked for a refund of this payment.',
    'pt-BR': 'Em {time}, a VTEX pediu um reembolso deste pagamento.',
    es: 'El {time}, VTEX pidió un reembolso de este pago.',
  },
  'happened.sent': {
    en: '{count, plural, =0 {Nothing was sent to {issuer}.} one {We sent the cancellation to {issuer}.} other {We sent the cancellation to {issuer} # times.}}',
    'pt-BR':
      '{count, plural, =0 {Nada foi enviado ao emissor {issuer}.} one {Enviamos o cancelamento ao emissor {issuer}.} other {Enviamos o cancelamento ao emissor {issuer} # vezes.}}',
    es: '{count, plural, =0 {No se envió nada al emisor {issuer}.} one {Enviamos la cancelación al emisor {issuer}.} other {Enviamos la cancelación al emisor {issuer} # veces.}}',
  },
  'happened.asked-issuer': {
    en: '{count, plural, one {We also asked for its state once.} other {We also asked for its state # times.}}',
    'pt-BR':
      '{count, plural, one {Também consultamos a situação uma vez.} other {Também consultamos a situação # vezes.}}',
    es: '{count, plural, one {También consultamos el estado una vez.} other {También consultamos el estado # veces.}}',
  },
  'happened.said': { en: '{issuer} wrote:', 'pt-BR': '{issuer} respondeu:', es: '{issuer} respondió:' },
  'happened.code': { en: '(code {code})', 'pt-BR': '(código {code})', es: '(código {code})' },
  'happened.nothing-more': {
    en: 'Nothing more is sent automatically.',
    'pt-BR': 'Nada mais será enviado automaticamente.',
    es: 'No se enviará nada más automáticamente.',
  },
  'manual.call-under-way': {
    en: 'A call to {issuer} is still under way and may still cancel the card. Wait for its answer in the history below before you cancel anything.',
    'pt-BR':
      'Ainda há uma chamada em andamento com o emissor {issuer}, que pode cancelar o cartão. Espere a resposta aparecer no histórico abaixo antes de cancelar qualquer coisa.',
    es: 'Todavía hay una llamada en curso con el emisor {issuer} que puede cancelar la tarjeta. Espere la respuesta en el historial de abajo antes de cancelar algo.',
  },

  'manual.to-do': { en: 'What to do now', 'pt-BR': 'O que fazer agora', es: 'Qué hacer ahora' },
  'manual.good-to-know': {
    en: 'Good to know: {sentence}',
    'pt-BR': 'Bom saber: {sentence}',
    es: 'Conviene saber: {sentence}',
  },
  'manual.someone-has-it': {
    en: '{name} has this one. Ask {name} before you do anything at the issuer.',
    'pt-BR': '{name} está cuidando disto. Fale com {name} antes de fazer algo no emissor.',
    es: '{name} se ocupa de esto. Hable con {name} antes de hacer algo en el emisor.',
  },
  'manual.take-first': {
    en: 'Take it first, so that others see that you are at it and nobody does it twice.',
    'pt-BR': 'Assuma primeiro, para que os outros vejam que você está cuidando disto e ninguém faça duas vezes.',
    es: 'Tómelo primero, para que los demás vean que usted se ocupa y nadie lo haga dos veces.',
  },
  'manual.closed.resolved': {
    en: 'Nothing is left to do here.',
    'pt-BR': 'Não há mais nada a fazer aqui.',
    es: 'No queda nada por hacer aquí.',
  },
  'manual.closed.not-needed': {
    en: 'Nothing is left to do by hand: the issuer confirmed the cancellation after all.',
    'pt-BR': 'Não há nada a fazer manualmente: o emissor confirmou o cancelamento.',
    es: 'No queda nada por hacer a mano: el emisor confirmó la cancelación.',
  },

  'manual.resolution': { en: 'How it was resolved', 'pt-BR': 'Como foi resolvido', es: 'Cómo se resolvió' },
  'manual.resolved-by': { en: 'Resolved by', 'pt-BR': 'Resolvido por', es: 'Resuelto por' },
  'manual.outcome': { en: 'Outcome', 'pt-BR': 'Resultado', es: 'Resultado' },
  'manual.note': { en: 'Note', 'pt-BR': 'Nota', es: 'Nota' },
  'manual.protocol': { en: 'Issuer’s protocol number', 'pt-BR': 'Protocolo do emissor', es: 'Protocolo del emisor' },
  'manual.proof.from': {
    en: 'From {time} on this counts as cancelled: VTEX gets that answer if it asks again.',
    'pt-BR': 'A partir de {time}, isto conta como cancelado: a VTEX recebe essa resposta se perguntar de novo.',
    es: 'Desde el {time}, esto cuenta como cancelado: VTEX recibe esa respuesta si vuelve a preguntar.',
  },
  'manual.proof.since': {
    en: 'Since {time} this counts as cancelled: VTEX gets that answer if it asks again.',
    'pt-BR': 'Desde {time}, isto conta como cancelado: a VTEX recebe essa resposta se perguntar de novo.',
    es: 'Desde el {time}, esto cuenta como cancelado: VTEX recibe esa respuesta si vuelve a preguntar.',
  },
  'manual.undo': {
    en: '{seconds, plural, one {You can take this back for # more second.} other {You can take this back for # more seconds.}}',
    'pt-BR':
      '{seconds, plural, one {Você pode desfazer por mais # segundo.} other {Você pode desfazer por mais # segundos.}}',
    es: '{seconds, plural, one {Puede deshacerlo durante # segundo más.} other {Puede deshacerlo durante # segundos más.}}',
  },
  'manual.undo.button': { en: 'Undo', 'pt-BR': 'Desfazer', es: 'Deshacer' },
  'manual.reopen': { en: 'Open it again', 'pt-BR': 'Reabrir', es: 'Reabrir' },
  'manual.reopen.help': {
    en: 'If something was wrong with it. It goes back to the list, and your store is told.',
    'pt-BR': 'Se algo estava errado. Volta para a lista e a sua loja é avisada.',
    es: 'Si algo estaba mal. Vuelve a la lista y se avisa a su tienda.',
  },
  'manual.reopen.told': {
    en: 'Since {time} it counts as cancelled, and VTEX may have been told so. Opening it again does not take that back.',
    'pt-BR': 'Desde {time} conta como cancelado, e a VTEX pode já ter sido informada. Reabrir não desfaz isso.',
    es: 'Desde el {time} cuenta como cancelado, y VTEX puede haber sido informada. Reabrirlo no deshace eso.',
  },
  'manual.reopen.note': { en: 'Why (optional)', 'pt-BR': 'Por quê (opcional)', es: 'Por qué (opcional)' },
  'manual.told-before': {
    en: 'Since {time} this payment counts as cancelled, and VTEX may have been told so. Whatever you record here does not change that.',
    'pt-BR':
      'Desde {time} este pagamento conta como cancelado, e a VTEX pode já ter sido informada. O que você registrar aqui não muda isso.',
    es: 'Desde el {time} este pago cuenta como cancelado, y VTEX puede haber sido informada. Lo que registre aquí no cambia eso.',
  },

  'manual.resolve': { en: 'Resolve', 'pt-BR': 'Resolver', es: 'Resolver' },
  'manual.resolve.question': {
    en: 'What came of it?',
    'pt-BR': 'Qual foi o resultado?',
    es: '¿Cuál fue el resultado?',
  },
  'manual.resolve.help.cancelled-at-issuer': {
    en: 'You cancelled it there just now.',
    'pt-BR': 'Você acabou de cancelar no portal do emissor.',
    es: 'Acaba de cancelarlo en el portal del emisor.',
  },
  'manual.resolve.help.already-cancelled': {
    en: 'The portal showed it as cancelled before you did anything.',
    'pt-BR': 'O portal já mostrava como cancelado antes de você fazer algo.',
    es: 'El portal ya lo mostraba cancelado antes de que hiciera algo.',
  },
  'manual.resolve.help.refunded-instead': {
    en: 'The customer got the money back in another way; the card stays as it is.',
    'pt-BR': 'O cliente recebeu o dinheiro de outra forma; o cartão continua como está.',
    es: 'El cliente recibió el dinero de otra forma; la tarjeta queda como está.',
  },
  'manual.resolve.help.refunded': {
    en: 'The customer got the money back.',
    'pt-BR': 'O cliente recebeu o dinheiro de volta.',
    es: 'El cliente recibió el dinero.',
  },
  'manual.resolve.help.cannot-be-cancelled': {
    en: 'Say why in the note, which is needed here.',
    'pt-BR': 'Explique o motivo na nota, que aqui é obrigatória.',
    es: 'Explique por qué en la nota, que aquí es obligatoria.',
  },
  'manual.resolve.help.not-needed': {
    en: 'Nothing has to be cancelled. Say why in the note, which is needed here.',
    'pt-BR': 'Nada precisa ser cancelado. Explique o motivo na nota, que aqui é obrigatória.',
    es: 'No hay nada que cancelar. Explique por qué en la nota, que aquí es obligatoria.',
  },
  'manual.resolve.refunded': { en: 'Refunded', 'pt-BR': 'Reembolsado', es: 'Reembolsado' },
  'manual.resolve.note': {
    en: 'Note (needed for the last two)',
    'pt-BR': 'Nota (obrigatória nos dois últimos casos)',
    es: 'Nota (obligatoria en los dos últimos casos)',
  },
  'manual.resolve.note.help': {
    en: 'For your colleagues. No data of the customer, please.',
    'pt-BR': 'Para seus colegas. Sem dados do cliente, por favor.',
    es: 'Para sus colegas. Sin datos del cliente, por favor.',
  },
  'manual.resolve.protocol': {
    en: 'Issuer’s protocol number (optional)',
    'pt-BR': 'Número de protocolo do emissor (opcional)',
    es: 'Número de protocolo del emisor (opcional)',
  },
  'manual.resolve.effects': { en: 'What this does', 'pt-BR': 'O que isto faz', es: 'Qué hace esto' },
  'manual.resolve.effect.order': {
    en: 'It does not change the order in VTEX, and sends nothing to the issuer.',
    'pt-BR': 'Não altera o pedido na VTEX e não envia nada ao emissor.',
    es: 'No cambia el pedido en VTEX y no envía nada al emisor.',
  },
  'manual.resolve.effect.proof': {
    en: 'The first two count as proof after 10 seconds: if VTEX asks again, it is told that the payment is cancelled.',
    'pt-BR':
      'As duas primeiras opções contam como prova depois de 10 segundos: se a VTEX perguntar de novo, é informada de que o pagamento está cancelado.',
    es: 'Las dos primeras opciones cuentan como prueba después de 10 segundos: si VTEX vuelve a preguntar, se le informa que el pago está cancelado.',
  },
  'manual.resolve.effect.no-proof': {
    en: 'VTEX goes on being told that a person does this.',
    'pt-BR': 'A VTEX continua sendo informada de que uma pessoa faz isto.',
    es: 'A VTEX se le sigue informando que esto lo hace una persona.',
  },
  'manual.resolve.effect.others': {
    en: 'After any of the others, VTEX goes on being told that a person does this.',
    'pt-BR': 'Nas demais, a VTEX continua sendo informada de que uma pessoa faz isto.',
    es: 'Con las demás, a VTEX se le sigue informando que esto lo hace una persona.',
  },
  'manual.resolve.effect.told': {
    en: 'VTEX is told that the payment is cancelled, whatever you record here.',
    'pt-BR': 'A VTEX é informada de que o pagamento está cancelado, qualquer que seja o seu registro aqui.',
    es: 'A VTEX se le informa que el pago está cancelado, sea lo que sea lo que registre aquí.',
  },
  'manual.resolve.effect.undo': {
    en: 'You can undo it for 10 seconds, and open it again later.',
    'pt-BR': 'Você pode desfazer por 10 segundos e reabrir depois.',
    es: 'Puede deshacerlo durante 10 segundos y reabrirlo después.',
  },
  'manual.resolve.button': { en: 'Resolve', 'pt-BR': 'Resolver', es: 'Resolver' },

  'manual.actions': { en: 'Actions', 'pt-BR': 'Ações', es: 'Acciones' },
  'manual.take': { en: 'Take it', 'pt-BR': 'Assumir', es: 'Tomarlo' },
  'manual.take-from': {
    en: 'Take it from {name}',
    'pt-BR': 'Assumir no lugar de {name}',
    es: 'Tomarlo en lugar de {name}',
  },
  'manual.release': { en: 'Give it back', 'pt-BR': 'Devolver para a lista', es: 'Devolverlo a la lista' },
  'manual.hand-over': { en: 'Hand over', 'pt-BR': 'Repassar', es: 'Traspasar' },
  'manual.hand-over.to': { en: 'Hand over to', 'pt-BR': 'Repassar para', es: 'Traspasar a' },
  'manual.hand-over.note': {
    en: 'A word about it (optional)',
    'pt-BR': 'Um recado (opcional)',
    es: 'Un mensaje (opcional)',
  },
  'manual.hand-over.nobody': {
    en: 'Nobody else at your store can work on it yet.',
    'pt-BR': 'Ninguém mais da sua loja pode cuidar disto por enquanto.',
    es: 'Por ahora nadie más de su tienda puede ocuparse.',
  },
  'manual.viewer': {
    en: 'Your role lets you look, not act. Ask an administrator of your store if you need more.',
    'pt-BR': 'Seu perfil permite consultar, não agir. Se precisar de mais, fale com quem administra a sua loja.',
    es: 'Su perfil permite consultar, no actuar. Si necesita más, hable con quien administra su tienda.',
  },
  'manual.note.add': { en: 'Add a note', 'pt-BR': 'Adicionar nota', es: 'Agregar nota' },
  'manual.note.field': {
    en: 'Note for your colleagues',
    'pt-BR': 'Nota para seus colegas',
    es: 'Nota para sus colegas',
  },

  'manual.check': { en: 'Check now', 'pt-BR': 'Verificar agora', es: 'Verificar ahora' },
  'manual.check.help': {
    en: 'Asks {issuer} whether it is cancelled by now. Nothing is sent that could cancel it.',
    'pt-BR': 'Pergunta ao emissor {issuer} se já está cancelado. Nada que possa cancelar é enviado.',
    es: 'Pregunta al emisor {issuer} si ya está cancelado. No se envía nada que pueda cancelarlo.',
  },
  'manual.check-off.other-kind': {
    en: 'Only the cancellation of a whole payment can be checked at the issuer.',
    'pt-BR': 'Só o cancelamento de um pagamento inteiro pode ser verificado no emissor.',
    es: 'Solo la cancelación de un pago completo se puede verificar en el emisor.',
  },
  'manual.check-off.over': {
    en: 'The payment counts as cancelled, so it is not asked for any more. Look in the issuer’s portal.',
    'pt-BR': 'O pagamento conta como cancelado e não é mais consultado. Consulte o portal do emissor.',
    es: 'El pago cuenta como cancelado y ya no se consulta. Consulte el portal del emisor.',
  },
  'manual.check-off.under-way': {
    en: 'A call to the issuer is under way. Load this page again in a minute.',
    'pt-BR': 'Há uma chamada em andamento com o emissor. Recarregue esta página em um minuto.',
    es: 'Hay una llamada en curso con el emisor. Vuelva a cargar esta página en un minuto.',
  },
  'manual.check-off.nothing-sent': {
    en: 'We sent nothing to the issuer, so there is nothing to ask for. Look in its portal.',
    'pt-BR': 'Não enviamos nada ao emissor, portanto não há o que perguntar. Consulte o portal dele.',
    es: 'No enviamos nada al emisor, por lo tanto no hay qué preguntar. Consulte su portal.',
  },
  'manual.check-off.never-linked': {
    en: 'No card was linked when VTEX asked, so we cannot ask for it. Look in the issuer’s portal.',
    'pt-BR':
      'Nenhum cartão estava vinculado quando a VTEX pediu; não podemos consultá-lo. Consulte o portal do emissor.',
    es: 'Ninguna tarjeta estaba vinculada cuando VTEX lo pidió; no podemos consultarla. Consulte el portal del emisor.',
  },
  'manual.check-off.no-query': {
    en: 'This issuer cannot be asked automatically. Look in its portal.',
    'pt-BR': 'Este emissor não pode ser consultado automaticamente. Consulte o portal dele.',
    es: 'Este emisor no se puede consultar automáticamente. Consulte su portal.',
  },
  'manual.check-off.paused': {
    en: 'This issuer is paused: nothing is asked of it. Look in its portal.',
    'pt-BR': 'Este emissor está em pausa: nada é perguntado a ele. Consulte o portal dele.',
    es: 'Este emisor está en pausa: no se le pregunta nada. Consulte su portal.',
  },
  'manual.check-off.unreachable': {
    en: 'The issuer does not answer at the moment. Try again later, or look in its portal.',
    'pt-BR': 'O emissor não responde no momento. Tente mais tarde ou consulte o portal dele.',
    es: 'El emisor no responde en este momento. Inténtelo más tarde o consulte su portal.',
  },
  'manual.check-off.not-configured': {
    en: 'This issuer is not set up for your store, so it cannot be asked. Look in its portal.',
    'pt-BR':
      'Este emissor não está configurado para a sua loja, por isso não pode ser consultado. Consulte o portal dele.',
    es: 'Este emisor no está configurado para su tienda, por eso no se puede consultar. Consulte su portal.',
  },
  'manual.check-off.closed': {
    en: 'It is closed. Open it again to check it.',
    'pt-BR': 'Está encerrado. Reabra para verificar.',
    es: 'Está cerrado. Reábralo para verificar.',
  },

  'manual.meanwhile': {
    en: 'Nothing was changed, because something happened meanwhile: {what} Look at it again.',
    'pt-BR': 'Nada foi alterado, porque algo aconteceu nesse meio-tempo: {what} Confira de novo.',
    es: 'No se cambió nada, porque algo pasó mientras tanto: {what} Revíselo de nuevo.',
  },
  'manual.meanwhile.event': {
    en: '{time}, {who}: {what}',
    'pt-BR': '{time}, {who}: {what}',
    es: '{time}, {who}: {what}',
  },
  'manual.fault.undo-too-late': {
    en: 'The ten seconds are over, so this was not undone. You can open it again below.',
    'pt-BR': 'Os dez segundos já passaram, por isso nada foi desfeito. Você pode reabrir abaixo.',
    es: 'Ya pasaron los diez segundos, por eso no se deshizo. Puede reabrirlo abajo.',
  },
  'manual.fault.outcome': {
    en: 'Nothing was changed: choose what came of it.',
    'pt-BR': 'Nada foi alterado: escolha o resultado.',
    es: 'No se cambió nada: elija el resultado.',
  },
  'manual.fault.note': {
    en: 'Nothing was changed: this outcome needs a note that says why.',
    'pt-BR': 'Nada foi alterado: este resultado exige uma nota que explique o motivo.',
    es: 'No se cambió nada: este resultado exige una nota que explique por qué.',
  },
  'manual.fault.empty-note': {
    en: 'Nothing was changed: the note is empty.',
    'pt-BR': 'Nada foi alterado: a nota está vazia.',
    es: 'No se cambió nada: la nota está vacía.',
  },
  'manual.fault.person': {
    en: 'Nothing was changed: choose somebody who can work on it.',
    'pt-BR': 'Nada foi alterado: escolha alguém que possa cuidar disto.',
    es: 'No se cambió nada: elija a alguien que pueda ocuparse.',
  },

  'done.task-taken': { en: 'You have it now.', 'pt-BR': 'Agora está com você.', es: 'Ahora lo tiene usted.' },
  'done.task-released': {
    en: 'It is back in the list, for anybody to take.',
    'pt-BR': 'Voltou para a lista; qualquer pessoa pode assumir.',
    es: 'Volvió a la lista; cualquiera puede tomarlo.',
  },
  'done.task-handed-over': { en: 'Handed over.', 'pt-BR': 'Repassado.', es: 'Traspasado.' },
  'done.task-noted': {
    en: 'The note is in the history.',
    'pt-BR': 'A nota está no histórico.',
    es: 'La nota está en el historial.',
  },
  'done.task-resolved': { en: 'Resolved.', 'pt-BR': 'Resolvido.', es: 'Resuelto.' },
  'done.task-undone': {
    en: 'Undone. You have it again.',
    'pt-BR': 'Desfeito. Está com você de novo.',
    es: 'Deshecho. Lo tiene usted de nuevo.',
  },
  'done.task-reopened': { en: 'It is open again.', 'pt-BR': 'Está aberto de novo.', es: 'Está abierto de nuevo.' },
  'done.checked-cancelled': {
    en: 'The issuer confirms: it is cancelled. Nothing is left to do.',
    'pt-BR': 'O emissor confirma: está cancelado. Não há mais nada a fazer.',
    es: 'El emisor confirma: está cancelado. No queda nada por hacer.',
  },
  'done.checked-not-cancelled': {
    en: 'The issuer says that it is not cancelled. Follow the steps below.',
    'pt-BR': 'O emissor informa que não está cancelado. Siga os passos abaixo.',
    es: 'El emisor indica que no está cancelado. Siga los pasos de abajo.',
  },
  'done.checked-pending': {
    en: 'The issuer is still working on it. Check again in a few minutes.',
    'pt-BR': 'O emissor ainda está processando. Verifique de novo em alguns minutos.',
    es: 'El emisor todavía lo está procesando. Verifique de nuevo en unos minutos.',
  },
  'done.checked-unclear': {
    en: 'We asked, and no clear answer came. Look in the issuer’s portal.',
    'pt-BR': 'Perguntamos e não veio uma resposta clara. Consulte o portal do emissor.',
    es: 'Preguntamos y no llegó una respuesta clara. Consulte el portal del emisor.',
  },
  'done.checked-not': {
    en: 'The issuer could not be asked now. Try again in a minute, or look in its portal.',
    'pt-BR': 'Não foi possível consultar o emissor agora. Tente de novo em um minuto ou consulte o portal dele.',
    es: 'No se pudo consultar al emisor ahora. Inténtelo de nuevo en un minuto o consulte su portal.',
  },
} as const satisfies Readonly<Record<string, Text>>;
