"""What a second pair of eyes would see in a text: personal data, wrong forms. Notices only."""
