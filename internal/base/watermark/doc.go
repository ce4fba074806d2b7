package watermark
