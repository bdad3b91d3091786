import { HttpModule } from '@nestjs/axios';
import { type DynamicModule, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CallbacksController } from './cancellations/callbacks.controller.js';
import { CancellationProgress } from './cancellations/cancellation-progress.js';
import { CancellationRecord } from './cancellations/cancellation-record.js';
import { CancellationService } from './cancellations/cancellation-service.js';
import { CancellationStore } from './cancellations/cancellation-store.js';
import { CancellationsController } from './cancellations/cancellations.controller.js';
import { Explanations } from './cancellations/explanation.js';
import { FollowUp } from './cancellations/follow-up.js';
import { InternalPaymentsController } from './cancellations/internal-payments.controller.js';
import { IssuerCallbacks } from './cancellations/issuer-callbacks.js';
import { PaymentHistories } from './cancellations/payment-history.js';
import { CONFIG, type Config } from './config.js';
import { Database } from './database.js';
import { InternalIssuersController } from './cancellations/internal-issuers.controller.js';
import { IssuerAccounts } from './issuers/issuer-accounts.js';
import { AxiosIssuerHttp } from './issuers/issuer-http.js';
import { IssuerModes } from './issuers/issuer-modes.js';
import { Jobs } from './jobs/jobs.js';
import { InternalManualCancellationsController } from './manual-cancellations/internal-manual-cancellations.controller.js';
import { ManualCancellations } from './manual-cancellations/manual-cancellations.js';
import { MAIL_SENDER, type MailSender } from './notifications/mail.js';
import { Notices } from './notifications/notices.js';
import { Doctor } from './operations/doctor.js';
import { HealthController } from './operations/health.controller.js';
import { InternalDoctorController } from './operations/internal-doctor.controller.js';
import { Log } from './operations/log.js';
import { Metrics } from './operations/metrics.js';
import { Readiness } from './operations/readiness.js';
import { LateLinks } from './payments/late-links.js';
import { BulkLinks } from './payments/bulk-links.js';
import { InternalPaymentLinksController } from './payments/internal-payment-links.controller.js';
import { PaymentLinks } from './payments/payment-links.js';

/** What the application is made of, given from outside so that tests and development can choose. */
export interface AppParts {
  readonly config: Config;
  /** Initialised. */
  readonly dataSource: DataSource;
  readonly log: Log;
  readonly mail: MailSender | null;
}

@Module({})
export class AppModule {
  static with({ config, dataSource, log, mail }: AppParts): DynamicModule {
    return {
      module: AppModule,
      imports: [HttpModule],
      controllers: [
        CancellationsController,
        InternalPaymentLinksController,
        InternalPaymentsController,
        InternalManualCancellationsController,
        InternalIssuersController,
        CallbacksController,
        InternalDoctorController,
        HealthController,
      ],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: DataSource, useValue: dataSource },
        { provide: Log, useValue: log },
        { provide: MAIL_SENDER, useValue: mail },
        { provide: LateLinks, useExisting: ManualCancellations },
        Database,
        Metrics,
        Doctor,
        Readiness,
        AxiosIssuerHttp,
        IssuerModes,
        IssuerAccounts,
        Jobs,
        ManualCancellations,
        PaymentLinks,
        BulkLinks,
        PaymentHistories,
        Explanations,
        CancellationStore,
        CancellationRecord,
        CancellationProgress,
        CancellationService,
        IssuerCallbacks,
        FollowUp,
        Notices,
      ],
    };
  }
}
