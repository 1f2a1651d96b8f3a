/** Where {@link keepCertificates} keeps what, and with which permissions. */
export interface CertificatePlaces {
  readonly directory: string;
  readonly vault: string;
  readonly keyMode?: number;
  readonly mode?: number;
}

/** What became of one certificate. */
export interface KeptCertificate {
  readonly name: string;
  readonly made: boolean;
  readonly until: Date;
}

export function keepCertificates(places: CertificatePlaces): Promise<KeptCertificate[]>;
