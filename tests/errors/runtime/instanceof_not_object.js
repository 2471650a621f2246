const F = {};
[] instanceof F;
