package sign

import "time"

// Expires is when the key expires; zero: never, as those that Generate makes.
func (s *Signer) Expires() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	sig, err := s.entity.PrimarySelfSignature(time.Time{}, nil)
	if err != nil || sig.KeyLifetimeSecs == nil || *sig.KeyLifetimeSecs == 0 {
		return time.Time{}
	}
	return s.entity.PrimaryKey.CreationTime.Add(time.Duration(*sig.KeyLifetimeSecs) * time.Second).UTC()
}
