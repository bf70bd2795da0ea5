/** Imported before anything else: zod would otherwise try `eval`, which the content security policy reports. */
import { z } from 'zod';

z.config({ jitless: true });
