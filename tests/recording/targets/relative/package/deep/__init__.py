from ..settings import SIZE
