export { merged } from '@nse/service';
