import { HttpModule } from '@nestjs/axios';
import { type DynamicModule, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuthorizationService } from './authorizations/authorization-service.js';
import { AuthorizationStore } from './authorizations/authorization-store.js';
import { AuthorizationsController } from './authorizations/authorizations.controller.js';
import { OperationRequests } from './authorizations/operation-requests.js';
import { TestSuitePageController } from './authorizations/test-suite-page.controller.js';
import { VtexCalls } from './authorizations/vtex-calls.js';
import { CallbacksController } from './cancellations/callbacks.controller.js';
import { CancellationProgress } from './cancellations/cancellation-progress.js';
import { CancellationRecord } from './cancellations/cancellation-record.js';
import { CancellationService } from './cancellations/cancellation-service.js';
import { CancellationStore } from './cancellations/cancellation-store.js';
import { CancellationsController } from './cancellations/cancellations.controller.js';
import { Explanations } from './cancellations/explanation.js';
import { FollowUp } from './cancellations/follow-up.js';
import { InternalPaymentsController } from './cancellations/internal-payments.controller.js';
import { InProgress } from './cancellations/in-progress.js';
import { IssuerCallbacks } from './cancellations/issuer-callbacks.js';
import { ModeChanges } from './cancellations/mode-changes.js';
import { PaymentHistories } from './cancellations/payment-history.js';
import { PersonsWords } from './cancellations/persons-words.js';
import { TakeOver } from './cancellations/take-over.js';
import { CONFIG, type Config } from './config.js';
import { consoleControllers, consoleProviders } from './console/console.js';
import { Database } from './database.js';
import { InternalIssuersController } from './cancellations/internal-issuers.controller.js';
import { InboundController } from './inbound/inbound.controller.js';
import { IssuerAccounts } from './issuers/issuer-accounts.js';
import { AxiosIssuerHttp } from './issuers/issuer-http.js';
import { IssuerModes } from './issuers/issuer-modes.js';
import { StoredAccounts } from './issuers/stored-accounts.js';
import { UserTokens } from './issuers/user-tokens.js';
import { Jobs } from './jobs/jobs.js';
import { InternalManualCancellationsController } from './manual-cancellations/internal-manual-cancellations.controller.js';
import { ManualCancellations } from './manual-cancellations/manual-cancellations.js';
import { ManualMoves } from './manual-cancellations/manual-moves.js';
import { ConnectionController } from './merchants/connection.controller.js';
import { Connections } from './merchants/connections.js';
import { InternalIssuerAccountsController } from './merchants/internal-issuer-accounts.controller.js';
import { InternalMerchantsController } from './merchants/internal-merchants.controller.js';
import { InternalPeopleController } from './merchants/internal-people.controller.js';
import { InternalSecretsController } from './merchants/internal-secrets.controller.js';
import { MerchantRegister } from './merchants/merchant-register.js';
import { Merchants } from './merchants/merchants.js';
import { MerchantUpkeep } from './merchants/upkeep.js';
import { MAIL_SENDER, type MailSender } from './notifications/mail.js';
import { Channels } from './notifications/channels.js';
import { NoticeHistory } from './notifications/notice-history.js';
import { NoticeMessages } from './notifications/notice-messages.js';
import { NoticeRecipients } from './notifications/notice-recipients.js';
import { NoticeSpread } from './notifications/notice-spread.js';
import { Notices } from './notifications/notices.js';
import { Doctor } from './operations/doctor.js';
import { DocsController, VERSION } from './openapi/docs.controller.js';
import { HealthController } from './operations/health.controller.js';
import { InternalDoctorController } from './operations/internal-doctor.controller.js';
import { Log } from './operations/log.js';
import { Metrics } from './operations/metrics.js';
import { Readiness } from './operations/readiness.js';
import { LateLinks } from './payments/late-links.js';
import { BulkLinks } from './payments/bulk-links.js';
import { InternalPaymentLinksController } from './payments/internal-payment-links.controller.js';
import { NewLinks } from './payments/new-links.js';
import { PaymentLinks } from './payments/payment-links.js';
import { VtexRequests } from './payments/vtex-requests.js';
import { RefundService } from './refunds/refund-service.js';
import { RefundsController } from './refunds/refunds.controller.js';
import { SettlementService } from './settlements/settlement-service.js';
import { SettlementsController } from './settlements/settlements.controller.js';
import { ManifestController } from './vtex/manifest.controller.js';

/** What the application is made of, given from outside so that tests and development can choose. */
export interface AppParts {
  readonly config: Config;
  /** Initialised. */
  readonly dataSource: DataSource;
  readonly log: Log;
  readonly mail: MailSender | null;
  /** Of the package. */
  readonly version: string;
}

@Module({})
export class AppModule {
  static with({ config, dataSource, log, mail, version }: AppParts): DynamicModule {
    return {
      module: AppModule,
      imports: [HttpModule],
      controllers: [
        ManifestController,
        AuthorizationsController,
        CancellationsController,
        InternalPaymentLinksController,
        SettlementsController,
        RefundsController,
        InboundController,
        TestSuitePageController,
        InternalPaymentsController,
        InternalManualCancellationsController,
        InternalIssuersController,
        InternalMerchantsController,
        InternalPeopleController,
        InternalIssuerAccountsController,
        InternalSecretsController,
        ConnectionController,
        CallbacksController,
        InternalDoctorController,
        HealthController,
        ...consoleControllers,
        DocsController,
      ],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: DataSource, useValue: dataSource },
        { provide: Log, useValue: log },
        { provide: MAIL_SENDER, useValue: mail },
        { provide: VERSION, useValue: version },
        { provide: LateLinks, useExisting: ManualCancellations },
        { provide: NewLinks, useExisting: VtexCalls },
        Database,
        Metrics,
        Doctor,
        Readiness,
        AxiosIssuerHttp,
        IssuerModes,
        StoredAccounts,
        UserTokens,
        IssuerAccounts,
        Merchants,
        MerchantRegister,
        Connections,
        MerchantUpkeep,
        Jobs,
        ManualCancellations,
        PaymentLinks,
        BulkLinks,
        VtexRequests,
        AuthorizationStore,
        AuthorizationService,
        OperationRequests,
        VtexCalls,
        SettlementService,
        RefundService,
        PaymentHistories,
        Explanations,
        CancellationStore,
        CancellationRecord,
        CancellationProgress,
        CancellationService,
        IssuerCallbacks,
        FollowUp,
        PersonsWords,
        TakeOver,
        InProgress,
        ModeChanges,
        ManualMoves,
        NoticeMessages,
        NoticeRecipients,
        NoticeHistory,
        NoticeSpread,
        Channels,
        Notices,
        ...consoleProviders,
      ],
    };
  }
}
