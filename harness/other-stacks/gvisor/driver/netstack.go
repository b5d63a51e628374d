// The netstack of this process, and what is set of it.
package main

import (
	"errors"
	"flag"
	"fmt"
	"net"

	"golang.org/x/sys/unix"
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/link/fdbased"
	"gvisor.dev/gvisor/pkg/tcpip/network/arp"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
)

const (
	interfaceName = "netstack0"
	nic           = tcpip.NICID(1)

	mebibyte = 1 << 20
	// As much as our stack has in this transfer.
	mostToSend            = 8 * mebibyte
	mostToSendSuperFrames = 32 * mebibyte
	// A TAP queues 1000 frames towards the stack: a larger window would overflow this queue. With super-frames it holds more.
	mostReceived            = mebibyte
	mostReceivedSuperFrames = 8 * mebibyte
)

// host has the netstack once openDevice has run.
type host struct {
	stack *stack.Stack
}

// device is how the stack is joined to its link.
type device struct {
	address  tcpip.AddressWithPrefix
	mac      tcpip.LinkAddress
	mtu      int
	offloads bool
}

// openDevice makes the TAP and the stack over it. The harness moves the interface to where it belongs.
func (h *host) openDevice(argv []string, tell func(event)) error {
	if h.stack != nil {
		return errors.New("the device is open already")
	}
	wanted, err := parseDevice(argv)
	if err != nil {
		return err
	}
	if h.stack, err = newStack(wanted); err != nil {
		return err
	}
	tell(event{"event": "result", "interface": interfaceName})
	return nil
}

func parseDevice(argv []string) (device, error) {
	options := flag.NewFlagSet("open-device", flag.ContinueOnError)
	address := options.String("address", "", "IPv4 address with its prefix")
	mac := options.String("mac", "", "hardware address of the stack")
	mtu := options.Int("mtu", 1500, "bytes of a packet")
	offloads := options.String("offloads", "off", "on: super-frames, and checksums by the device")
	if err := options.Parse(argv); err != nil {
		return device{}, err
	}
	ip, network, err := net.ParseCIDR(*address)
	if err != nil {
		return device{}, err
	}
	hardware, err := net.ParseMAC(*mac)
	if err != nil {
		return device{}, err
	}
	bits, _ := network.Mask.Size()
	return device{
		address:  tcpip.AddressWithPrefix{Address: tcpip.Address(ip.To4()), PrefixLen: bits},
		mac:      tcpip.LinkAddress(hardware),
		mtu:      *mtu,
		offloads: *offloads == "on",
	}, nil
}

func newStack(wanted device) (*stack.Stack, error) {
	link, err := openLink(wanted)
	if err != nil {
		return nil, err
	}
	s := stack.New(stack.Options{
		NetworkProtocols:   []stack.NetworkProtocolFactory{arp.NewProtocol, ipv4.NewProtocol},
		TransportProtocols: []stack.TransportProtocolFactory{tcp.NewProtocol},
	})
	if err := tune(s, wanted.offloads); err != nil {
		return nil, err
	}
	if err := s.CreateNIC(nic, link); err != nil {
		return nil, errors.New(err.String())
	}
	own := tcpip.ProtocolAddress{Protocol: ipv4.ProtocolNumber, AddressWithPrefix: wanted.address}
	if err := s.AddProtocolAddress(nic, own, stack.AddressProperties{}); err != nil {
		return nil, errors.New(err.String())
	}
	s.SetRouteTable([]tcpip.Route{{Destination: header.IPv4EmptySubnet, NIC: nic}})
	return s, nil
}

// openLink: single segments by the stack's own endpoint for descriptors, which does not take super-frames from a TAP.
func openLink(wanted device) (stack.LinkEndpoint, error) {
	tap, err := openTAP(interfaceName, wanted.offloads)
	if err != nil {
		return nil, fmt.Errorf("the TAP cannot be made: %w", err)
	}
	if wanted.offloads {
		return newSuperFrames(tap, wanted.mtu, wanted.mac), nil
	}
	return fdbased.New(&fdbased.Options{
		FDs:                []int{tap},
		MTU:                uint32(wanted.mtu),
		EthernetHeader:     true,
		Address:            wanted.mac,
		PacketDispatchMode: fdbased.Readv,
	})
}

// tune sets what gVisor's sandbox sets, and buffers. RACK is off: in Debian's version it sends again what was not lost.
func tune(s *stack.Stack, offloads bool) error {
	sack := tcpip.TCPSACKEnabled(true)
	moderate := tcpip.TCPModerateReceiveBufferOption(true)
	recovery := tcpip.TCPRecovery(0)
	toSend, received := mostToSend, mostReceived
	if offloads {
		toSend, received = mostToSendSuperFrames, mostReceivedSuperFrames
	}
	sending := tcpip.TCPSendBufferSizeRangeOption{Min: tcp.MinBufferSize, Default: toSend, Max: toSend}
	receiving := tcpip.TCPReceiveBufferSizeRangeOption{Min: tcp.MinBufferSize, Default: received, Max: received}
	for _, option := range []tcpip.SettableTransportProtocolOption{&sack, &moderate, &recovery, &sending, &receiving} {
		if err := s.SetTransportProtocolOption(tcp.ProtocolNumber, option); err != nil {
			return errors.New(err.String())
		}
	}
	return nil
}

// processorMicros is the processor time of this process so far.
func processorMicros() int64 {
	var used unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return (used.Utime.Nano() + used.Stime.Nano()) / 1000
}
