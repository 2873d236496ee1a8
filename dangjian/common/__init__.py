"""What any program of this kind needs: files, processes, errors. Nothing here knows an article."""
