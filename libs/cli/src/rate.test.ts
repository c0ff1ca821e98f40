import { RateMeter } from './rate.js';

describe('RateMeter', () => {
  it('says nothing before it can know', () => {
    const meter = new RateMeter();
    expect(meter.rate(100)).toEqual({});
    meter.add(0, 5);
    expect(meter.rate(100)).toEqual({});
  });

  it('gives steps per second and the seconds left', () => {
    const meter = new RateMeter();
    meter.add(0, 0);
    meter.add(50, 10);
    expect(meter.rate(100)).toEqual({ rate: 5, etaSeconds: 10 });
  });

  it('forgets what is older than its window, so that a slow start does not spoil the estimate', () => {
    const meter = new RateMeter();
    meter.add(0, 0);
    for (let second = 100; second <= 140; second++) meter.add((second - 100) * 10, second);
    expect(meter.rate(1000).rate).toBeCloseTo(10);
  });

  it('starts anew when a task begins again', () => {
    const meter = new RateMeter();
    meter.add(80, 1);
    meter.add(90, 2);
    meter.add(10, 3);
    expect(meter.rate(100)).toEqual({});
    meter.add(12, 4);
    expect(meter.rate(100).rate).toBe(2);
  });
});
