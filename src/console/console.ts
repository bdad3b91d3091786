import { AccountController } from './account/account.controller.js';
import { OwnNoticesController } from './account/own-notices.controller.js';
import { ConsoleAssetsController } from './frame/assets.controller.js';
import { Contexts } from './frame/contexts.js';
import { ConsoleFaultPages } from './frame/fault-pages.js';
import { HomeController } from './frame/home.controller.js';
import { IssuerStates } from './issuers/issuer-states.js';
import { IssuersController } from './issuers/issuers.controller.js';
import { ExportController } from './manual/export.controller.js';
import { InboxController } from './manual/inbox.controller.js';
import { Inbox } from './manual/inbox.js';
import { ManualViews } from './manual/manual-view.js';
import { ManualController } from './manual/manual.controller.js';
import { NotificationsController } from './notices/notifications.controller.js';
import { OutboxController } from './notices/outbox.controller.js';
import { OverviewController } from './overview/overview.controller.js';
import { Overviews } from './overview/overview.js';
import { InProgressController } from './payments/in-progress.controller.js';
import { PaymentsDetails } from './payments/payment-details.js';
import { PaymentSearch } from './payments/payment-search.js';
import { PaymentTimelines } from './payments/payment-timeline.js';
import { PaymentsController } from './payments/payments.controller.js';
import { ConsoleAccess } from './people/access.js';
import { AuditController } from './people/audit.controller.js';
import { AuditLog } from './people/audit.js';
import { Passwords } from './people/passwords.js';
import { PeopleController } from './people/people.controller.js';
import { People } from './people/people.js';
import { Sessions } from './people/sessions.js';
import { SignInThrottle } from './people/sign-in-throttle.js';
import { SignInController } from './people/sign-in.controller.js';
import { SignIn } from './people/sign-in.js';
import { ConsoleUpkeep } from './people/upkeep.js';

/** The pages and forms for a merchant's people. */
export const consoleControllers = [
  ConsoleAssetsController,
  HomeController,
  SignInController,
  AccountController,
  OwnNoticesController,
  NotificationsController,
  PeopleController,
  AuditController,
  OutboxController,
  InboxController,
  ManualController,
  ExportController,
  InProgressController,
  PaymentsController,
  OverviewController,
  IssuersController,
];

/** What they are made of. */
export const consoleProviders = [
  PaymentSearch,
  PaymentsDetails,
  Overviews,
  IssuerStates,
  Contexts,
  Inbox,
  ManualViews,
  PaymentTimelines,
  Passwords,
  Sessions,
  SignInThrottle,
  SignIn,
  People,
  AuditLog,
  ConsoleAccess,
  ConsoleFaultPages,
  ConsoleUpkeep,
];
