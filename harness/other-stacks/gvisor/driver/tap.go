// Makes the TAP that the stack reads and writes.
package main

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// From linux/if_tun.h: what the kernel may leave to whoever reads the TAP.
const (
	tunChecksum = 0x01
	tunTSO4     = 0x02
	tunTSO6     = 0x04
)

// interfaceRequest is struct ifreq as far as TUNSETIFF reads it.
type interfaceRequest struct {
	name  [unix.IFNAMSIZ]byte
	flags uint16
	_     [22]byte
}

// openTAP returns the descriptor of a new TAP, not blocking. With offloads every frame has a virtio-net header before it, may
// be longer than the MTU, and may lack its checksum, both ways.
func openTAP(name string, offloads bool) (int, error) {
	descriptor, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	wanted := interfaceRequest{flags: unix.IFF_TAP | unix.IFF_NO_PI}
	copy(wanted.name[:unix.IFNAMSIZ-1], name)
	if offloads {
		wanted.flags |= unix.IFF_VNET_HDR
	}
	err = control(descriptor, unix.TUNSETIFF, uintptr(unsafe.Pointer(&wanted)))
	if err == nil && offloads {
		err = control(descriptor, unix.TUNSETOFFLOAD, tunChecksum|tunTSO4|tunTSO6)
	}
	if err != nil {
		unix.Close(descriptor)
		return -1, err
	}
	return descriptor, nil
}

func control(descriptor int, operation, argument uintptr) error {
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(descriptor), operation, argument); errno != 0 {
		return errno
	}
	return nil
}
