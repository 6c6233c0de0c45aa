import recorder
import sitecustomize
import tracer
import values
from hook import Hook
from start import begin

print(tracer.trace(), recorder.RECORDS, values.summary(3), Hook().name, begin(), sitecustomize.CUSTOM)  # @use
