// The package has no types; its main entry would also load the whole user interface into the server.
declare module 'swagger-ui-dist/absolute-path.js' {
  export default function getAbsoluteFSPath(): string;
}
