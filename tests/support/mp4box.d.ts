declare module 'mp4box' {
  interface IsoFile {
    onError: (message: string) => void;
    onReady: (info: { tracks: { id: number }[] }) => void;
    onSamples: (id: number, user: unknown, samples: unknown[]) => void;
    setExtractionOptions(id: number, user: unknown, options: { nbSamples: number }): void;
    start(): void;
    appendBuffer(buffer: ArrayBuffer & { fileStart: number }): void;
    flush(): void;
  }
  const MP4Box: {
    Log: { setLogLevel(level: unknown): void; warn: unknown };
    createFile(): IsoFile;
  };
  export default MP4Box;
}
